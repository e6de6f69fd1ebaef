//! Connections: accepted, served one request after another, and let go in peace when the server stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The head of a request must be there by then (RAT-3).
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The body of a request must be there by then.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// The longest head of a request.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long requests under way may take when the server stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(30);

/// The other end of the connection a request came by.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Serves until `stopping`, then finishes what is under way. True if all of it could be finished in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
    tracker: TaskTracker,
) -> bool {
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => connect(stream, peer, &router, &connections),
            Err(error) => {
                // No descriptor is free, or the client is gone already: others may still be served.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tracker.close();
    let all = async { tokio::join!(connections.shutdown(), tracker.wait()) };
    tokio::time::timeout(DRAIN_WITHIN, all).await.is_ok()
}

fn connect(stream: TcpStream, peer: SocketAddr, router: &Router, connections: &GracefulShutdown) {
    // An answer goes out whole; waiting to fill a packet only delays it. Without it we are slower, not wrong.
    let _ = stream.set_nodelay(true);
    let router = router.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        answer(router.clone(), request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Whoever has said everything and only listens gets an answer too.
        .half_close(true)
        .header_read_timeout(HEAD_WITHIN)
        .max_header_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let served = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = served.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

async fn answer(router: Router, request: Request) -> Result<axum::response::Response, Infallible> {
    router.oneshot(request).await
}

/// The whole body of a request.
///
/// # Errors
/// 413 where it is longer than `limit`, 408 where it takes too long, 400 where it breaks off.
pub async fn whole(body: Body, limit: usize) -> Result<Bytes, StatusCode> {
    let read = tokio::time::timeout(BODY_WITHIN, Limited::new(body, limit).collect()).await;
    match read {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
