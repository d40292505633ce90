//! Listening, and stopping without losing a submission.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use axum::serve::ListenerExt as _;
use store::Record;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::config::Config;
use crate::limits::{CONNECTION_IDLE_TIMEOUT, DRAIN_TIMEOUT, MAX_CONNECTIONS};
use crate::listen::Bounded;
use crate::paging;
use crate::site::{Keeper, keep_up};

/// Serves a record until `shutdown` is done. Then it takes no new connection, lets requests
/// under way finish for at most [`DRAIN_TIMEOUT`], and stops the record, which finishes what was
/// submitted.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(
    record: Record,
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let publisher = config.publisher.clone();
    let keeper = config
        .site
        .clone()
        .map(|folder| Keeper::new(record.clone(), folder, config.modules.clone()));
    let copying = keeper.map(|keeper| tokio::spawn(keep_up(keeper)));
    let pager = config.pager.clone();
    let app = App::new(record.clone(), config);
    let publishing =
        publisher.map(|publisher| tokio::spawn(crate::taxii::keep_up(app.clone(), publisher)));
    let paging = pager.map(|pager| tokio::spawn(paging::keep_paging(app.clone(), pager)));
    let router = crate::routed(app);
    let (told, mut stopping) = watch::channel(false);
    let signal = async move {
        shutdown.await;
        tracing::info!("stopping");
        told.send_replace(true);
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // `tap_io` is what lets handlers learn the peer's address from a listener of our own.
    let listener = Bounded::new(listener, MAX_CONNECTIONS, CONNECTION_IDLE_TIMEOUT).tap_io(|_| ());
    let server = axum::serve(listener, service).with_graceful_shutdown(signal);
    let overdue = async move {
        // An error means that the server is gone, and with it the need to wait.
        if stopping.wait_for(|stop| *stop).await.is_ok() {
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        }
    };
    let served = tokio::select! {
        served = server => served,
        () = overdue => {
            tracing::warn!("requests were still under way when the time to stop was over");
            Ok(())
        }
    };
    // Each publication is one transaction, each file of a copy is there or not: what is cut short is
    // made again at the next start.
    for task in publishing.into_iter().chain(copying) {
        task.abort();
    }
    if let Some(paging) = paging {
        // A page under way may be sent once more after the next start.
        paging.abort();
    }
    // Waits for the last batch, so it gets a thread that may block.
    tokio::task::spawn_blocking(move || record.stop())
        .await
        .map_err(io::Error::other)?;
    served
}
