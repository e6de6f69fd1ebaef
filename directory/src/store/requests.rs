//! Every SCIM request and its answer, written in batches.

use super::db::{Arg, Tx};
use crate::error::Result;
use crate::model::connection::Request;

/// Adds requests to the log.
pub async fn insert(tx: &mut Tx, requests: &[Request]) -> Result<()> {
    let rows = requests.iter().map(row).collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO requests (id, connection_id, token_id, at, method, path, status, scim_type, detail, took_us, agent, ip) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

fn row(request: &Request) -> Vec<Arg> {
    vec![
        (&request.id).into(),
        (&request.connection_id).into(),
        request.token_id.as_ref().map(|id| id.as_str()).into(),
        request.at.into(),
        (&request.method).into(),
        (&request.path).into(),
        request.status.into(),
        (&request.scim_type).into(),
        (&request.detail).into(),
        request.took_us.into(),
        (&request.agent).into(),
        (&request.ip).into(),
    ]
}
