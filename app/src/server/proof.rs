//! Proof of who somebody is: the code after a passphrase, and proving it anew before a sensitive act (AUZ-6).

use directory::error::Half;
use directory::model::second_factor::Standing;
use directory::model::session::is_fresh;
use directory::model::timestamp::{MINUTE, Timestamp};
use directory::model::user::User;
use directory::store::db;
use directory::{second_factor as factors, sign_in};
use tower_sessions::Session;

use super::who::{self, BY_PASSPHRASE, SignedIn, session_failed};
use super::{console, enter_session, keep_flash, parts, told, user};
use crate::error::AppError;
use crate::pages::confirm::ProofWanted;
use crate::visit::{Flash, Refused, Toast, ToastKind};

/// Where a session keeps that a passphrase was right and the code is still to come.
const HALF: &str = "half_signed_in";
/// Where a session keeps the form that waits for a proof.
const WAITS: &str = "waits_for_proof";
/// How long a right passphrase waits for its code.
const WAITING: i64 = 10 * MINUTE;

/// How far somebody has come with a right passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// They are in.
    In,
    /// They show a code next.
    CodeNext,
}

/// Somebody whose passphrase was right a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct HalfSignedIn {
    half: Half,
    until: Timestamp,
}

/// Remembers a right passphrase, in a session that is nobody's: it opens nothing but the page for the code.
pub(super) async fn keep_half(session: &Session, half: Half) -> Result<(), AppError> {
    let until = db::now().plus(WAITING);
    session.cycle_id().await.map_err(session_failed)?;
    session
        .insert(HALF, HalfSignedIn { half, until })
        .await
        .map_err(session_failed)
}

/// Takes the code after a passphrase, and starts the session.
///
/// # Errors
/// [`AppError::SignedOut`] where no passphrase was right lately; what is wrong with the code; [`AppError::TooMany`].
pub async fn sign_in_code(code: &str) -> Result<(), AppError> {
    let (console, parts) = (console()?, parts()?);
    let session = who::session(&parts)?;
    let kept = session
        .get::<HalfSignedIn>(HALF)
        .await
        .map_err(session_failed)?;
    let Some(HalfSignedIn { half, .. }) = kept.filter(|kept| kept.until > db::now()) else {
        return Err(told(AppError::SignedOut));
    };
    let account = format!("{} code", half.user);
    if !console
        .attempts
        .is_allowed_at(&account, who::client(&parts))
    {
        return Err(told(AppError::TooMany));
    }
    let user = sign_in::by_code(&console.db, &console.secrets, &half, code).await?;
    session
        .remove::<HalfSignedIn>(HALF)
        .await
        .map_err(session_failed)?;
    enter_session(
        &console,
        &session,
        &parts,
        &user,
        "passphrase",
        Some(db::now()),
    )
    .await
}

/// Whether whoever has this session proved lately who they are. A stranger has not.
///
/// # Errors
/// Where the session cannot be used.
pub async fn proved_lately(session: &Session) -> Result<bool, AppError> {
    let signed_in = session
        .get::<SignedIn>(SignedIn::KEY)
        .await
        .map_err(session_failed)?;
    Ok(signed_in.is_some_and(|signed_in| is_fresh(signed_in.proved_at, db::now())))
}

/// Keeps the form that waits for a proof, with what was typed into it; or that none does.
///
/// # Errors
/// Where the session cannot be used.
pub async fn hold_back(session: &Session, form: Option<Refused>) -> Result<(), AppError> {
    session.insert(WAITS, form).await.map_err(session_failed)
}

/// Lets go of a form that waited for whoever had this session before.
pub(super) async fn let_go(session: &Session) -> Result<(), AppError> {
    let waited = session.remove::<Option<Refused>>(WAITS).await;
    waited.map(|_| ()).map_err(session_failed)
}

/// Notes that whoever is signed in has proved anew who they are: under a new id (SES-5), with the form that waited for it
/// on the next page.
///
/// # Errors
/// Where the session cannot be used.
pub async fn renew(
    session: &Session,
    user: &User,
    owes_second_factor: bool,
) -> Result<(), AppError> {
    again(session, user, owes_second_factor).await?;
    let waits = session
        .remove::<Option<Refused>>(WAITS)
        .await
        .map_err(session_failed)?;
    let Some(refused) = waits else {
        return Ok(());
    };
    let toast = Toast {
        kind: ToastKind::Waiting,
        text: "It is you. Nothing was done yet: look at it once more, and press the button again."
            .to_owned(),
        more: None,
    };
    let flash = Flash {
        toasts: vec![toast],
        refused,
    };
    keep_flash(session, &flash).await
}

async fn again(session: &Session, user: &User, owes_second_factor: bool) -> Result<(), AppError> {
    let signed_in = session
        .get::<SignedIn>(SignedIn::KEY)
        .await
        .map_err(session_failed)?;
    let signed_in = signed_in.ok_or_else(|| told(AppError::SignedOut))?;
    let renewed = SignedIn {
        epoch: user.session_epoch,
        proved_at: Some(db::now()),
        owes_second_factor,
        ..signed_in
    };
    who::begin(session, renewed).await
}

/// Takes the passphrase, and the code where there is a second factor, for a fresh proof.
///
/// # Errors
/// What is wrong with them; [`AppError::TooMany`] after too many attempts.
pub async fn confirm(passphrase: &str, code: &str) -> Result<(), AppError> {
    let (console, parts, (db, user)) = (console()?, parts()?, user().await?);
    if !console
        .attempts
        .is_allowed_at(&user.login, who::client(&parts))
    {
        return Err(told(AppError::TooMany));
    }
    let (secrets, hashing) = (&console.secrets, &console.hashing);
    let user = sign_in::again_by_passphrase(&db, secrets, hashing, &user, passphrase, code).await?;
    let asking = who::asking().await?;
    // Whoever owed a second factor and has shown one set up elsewhere owes it no longer.
    let owes = asking.owes_second_factor && factors::is_owed(&db, &user).await?;
    renew(&who::session(&parts)?, &user, owes).await
}

/// How whoever asks can prove who they are, and whether they have to.
///
/// # Errors
/// [`AppError::SignedOut`] for a stranger.
pub async fn proof_wanted() -> Result<ProofWanted, AppError> {
    let (console, parts, (db, user)) = (console()?, parts()?, user().await?);
    let ways = sign_in::ways(&db, &user).await?;
    let mut providers = Vec::new();
    for word in ways.providers {
        let of_settings = console.ways.iter().find(|way| way.id == word);
        let name = match of_settings {
            Some(way) => Some(way.name.clone()),
            None => sign_in::named(&db, &word.as_str().into()).await?,
        };
        providers.extend(name.map(|name| (word, name)));
    }
    Ok(ProofWanted {
        login: user.login,
        passphrase: ways.passphrase,
        code: ways.code,
        providers,
        is_fresh: proved_lately(&who::session(&parts)?).await?,
    })
}

/// Where whoever asks stands with their second factor, and whether their session owes one.
///
/// # Errors
/// [`AppError::SignedOut`] for a stranger.
pub async fn second_factor() -> Result<(Standing, bool), AppError> {
    let (console, asking) = (console()?, who::asking().await?);
    let standing = factors::standing(&console.db, &console.secrets, &asking.user).await?;
    // The key that is offered is shown to whoever has proved who they are, not to whoever holds an old cookie.
    let is_offer = matches!(standing, Standing::Offered(_));
    let is_hidden = is_offer && !proved_lately(&who::session(&parts()?)?).await?;
    let standing = if is_hidden { Standing::Off } else { standing };
    Ok((standing, asking.owes_second_factor))
}

/// Removes the second factor of whoever asks. Where a role asks for one, this session owes another from now on.
///
/// # Errors
/// Where the database or the session cannot be used.
pub async fn leave_second_factor() -> Result<(), AppError> {
    let (parts, (db, user)) = (parts()?, user().await?);
    factors::remove(&db, &user).await?;
    let session = who::session(&parts)?;
    let signed_in = session
        .get::<SignedIn>(SignedIn::KEY)
        .await
        .map_err(session_failed)?;
    let is_local = signed_in.is_some_and(|one| BY_PASSPHRASE.contains(&one.method.as_str()));
    let owes = is_local && factors::is_owed(&db, &user).await?;
    again(&session, &user, owes).await
}
