//! Sessions on a server of the tests, from code that is not asynchronous.

#![allow(dead_code, unreachable_pub)]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pgaudit::connect::Connection;
use pgaudit::connect::settings::Settings;
use tokio::time::Instant;
use tokio_postgres::Client;

/// Waits for something asynchronous.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime starts").block_on(future)
}

/// A connection, or a failed test.
pub async fn open(settings: &Settings) -> Connection {
    let until = Instant::now() + Duration::from_secs(20);
    Connection::open(settings, until)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Does something in a session that ends with it.
pub fn run<T, F: Future<Output = T>>(
    settings: &Settings,
    work: impl FnOnce(Arc<Client>) -> F,
) -> T {
    block_on(async {
        let connection = open(settings).await;
        let result = work(Arc::clone(&connection.client)).await;
        connection.close().await;
        result
    })
}

/// Runs statements in a session that ends with them.
pub fn execute(settings: &Settings, sql: &str) {
    run(settings, |client| async move {
        client
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{}: {sql}", describe(&error)));
    });
}

/// An error of the server with its message.
pub fn describe(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |db| format!("{} ({})", db.message(), db.code().code()),
    )
}
