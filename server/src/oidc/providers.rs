//! Every provider people sign in with: the one of the server's settings, and those of the nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use directory::admin::sign_in_methods::client_secret;
use directory::model::id::MethodId;
use directory::model::sign_in_method::Method;
use directory::secret::Secrets;
use directory::store::db::Db;
use directory::store::sign_in_methods;

use super::Provider;
use crate::config::PublicUrl;
use crate::outbound::Outbound;

/// Every provider. Cheap to clone.
#[derive(Clone)]
pub struct Providers(Arc<Inner>);

struct Inner {
    of_settings: Vec<Provider>,
    db: Db,
    secrets: Arc<Secrets>,
    public_url: PublicUrl,
    outbound: Outbound,
    /// What was made of a method at which revision: it remembers what the provider said of itself.
    of_methods: Mutex<HashMap<MethodId, (i64, Provider)>>,
}

/// A provider, and the method it is of; none where it is of the settings.
pub struct Found {
    /// The provider.
    pub provider: Provider,
    /// The method, as it is now.
    pub method: Option<Method>,
}

impl Providers {
    /// Those of the settings, and those this directory knows.
    pub fn new(
        of_settings: Vec<Provider>,
        db: Db,
        secrets: Arc<Secrets>,
        public_url: PublicUrl,
        outbound: Outbound,
    ) -> Self {
        Self(Arc::new(Inner {
            of_settings,
            db,
            secrets,
            public_url,
            outbound,
            of_methods: Mutex::default(),
        }))
    }

    /// The provider of a word in our addresses.
    ///
    /// # Errors
    /// Where the database cannot be read, or the secret cannot be opened.
    pub async fn find(&self, id: &str) -> directory::Result<Option<Found>> {
        if let Some(provider) = self.0.of_settings.iter().find(|one| one.id() == id) {
            let provider = provider.clone();
            return Ok(Some(Found {
                provider,
                method: None,
            }));
        }
        let found = sign_in_methods::find(&mut self.0.db.read().await?, &id.into()).await?;
        // A draft that names no provider yet is none.
        let Some(method) = found.filter(|method| !method.issuer.is_empty()) else {
            return Ok(None);
        };
        let provider = match self.known(&method) {
            Some(provider) => provider,
            None => self.make(&method).await?,
        };
        Ok(Some(Found {
            provider,
            method: Some(method),
        }))
    }

    /// The way out, for tests of a provider.
    pub fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    fn known(&self, method: &Method) -> Option<Provider> {
        let known = self
            .0
            .of_methods
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known
            .get(&method.id)
            .filter(|(revision, _)| *revision == method.revision)
            .map(|(_, provider)| provider.clone())
    }

    async fn make(&self, method: &Method) -> directory::Result<Provider> {
        let inner = &self.0;
        let secret = client_secret(&inner.db, &inner.secrets, &method.id).await?;
        let made = Provider::of_method(method, secret, &inner.public_url, inner.outbound.clone());
        let provider = made.map_err(directory::Error::Store)?;
        inner
            .of_methods
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(method.id.clone(), (method.revision, provider.clone()));
        Ok(provider)
    }
}
