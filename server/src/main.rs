//! The command line.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8097").await?;
    axum::serve(listener, server::router()).await
}
