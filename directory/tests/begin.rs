//! A caller who goes away during `begin()` over a slow way: a defect of the driver, and our guard against it.

use std::time::Duration;

use directory::store::db::Db;
use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::db::{is_there, unit};
use crate::support::{SERVER, postgres};

/// A way to a server that takes 20 ms for each answer.
async fn slow_way_to(server: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let upstream = TcpStream::connect(&server).await.unwrap();
            let ((mut from, mut to), (mut up_from, mut up_to)) =
                (client.into_split(), upstream.into_split());
            tokio::spawn(async move { tokio::io::copy(&mut from, &mut up_to).await });
            tokio::spawn(async move {
                let mut bytes = vec![0; 65_536];
                while let Ok(read @ 1..) = up_from.read(&mut bytes).await {
                    sleep(Duration::from_millis(20)).await;
                    if to.write_all(&bytes[..read]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

/// The URL of the tests' server by a slow way.
async fn slow_url(url: &str) -> String {
    let after_user = url.split_once('@').map_or(url, |(_, rest)| rest);
    let server = after_user.split(['/', '?']).next().unwrap();
    url.replace(
        server,
        &format!("127.0.0.1:{}", slow_way_to(server.to_owned()).await),
    )
}

/// How many of the connections that lie ready stand inside somebody else's transaction.
#[expect(clippy::disallowed_methods, reason = "asks the connections themselves")]
async fn poisoned(pool: &PgPool) -> usize {
    let mut found = 0;
    let mut borrowed = Vec::new();
    for _ in 0..pool.num_idle() {
        let mut connection = pool.acquire().await.unwrap();
        let mut ask = async || {
            sqlx::query_scalar::<_, i64>("SELECT txid_current()")
                .fetch_one(&mut *connection)
                .await
                .unwrap()
        };
        found += usize::from(ask().await == ask().await);
        borrowed.push(connection);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_during_begin_poisons_nobody_and_no_acknowledged_row_is_lost() {
    let Some(database) = postgres().await else {
        return;
    };
    let slow = Db::open(&slow_url(&database.url).await).await.unwrap();
    let Db::Postgres(pool) = &slow else {
        panic!("no PostgreSQL")
    };
    let mut went_away = 0;
    for n in 0..12 {
        let gone = timeout(Duration::from_millis(8), slow.write())
            .await
            .is_err();
        went_away += u32::from(gone);
        sleep(Duration::from_millis(80)).await;
        assert!(pool.num_idle() > 0);
        assert_eq!(poisoned(pool).await, 0);
        unit(&slow, &format!("key-{n}"), false).await.unwrap();
    }
    assert!(
        went_away > 0,
        "begin() answered within 8 ms over a way that takes 20"
    );
    slow.close().await;
    for n in 0..12 {
        assert!(is_there(&database, &format!("key-{n}")).await);
    }
    database.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_our_task_the_driver_still_poisons_connections() {
    let Ok(server) = std::env::var(SERVER) else {
        return;
    };
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false);
    let pool = pool.connect(&slow_url(&server).await).await.unwrap();
    let mut found = 0;
    for _ in 0..30 {
        let _gone = timeout(Duration::from_millis(8), pool.begin())
            .await
            .map(drop);
        sleep(Duration::from_millis(80)).await;
        found += poisoned(&pool).await;
        if found > 0 {
            break;
        }
    }
    assert!(
        found > 0,
        "the driver has been mended: Db::write can begin without a task"
    );
    pool.close().await;
}
