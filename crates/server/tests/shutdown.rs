//! Stopping: what is under way finishes, then the record is stopped.

use std::time::Duration;

use server::Config;
use store::SubmitError;
use tlog::TlogProof;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::desk::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_under_way_is_finished_before_the_server_ends() {
    let stage = Stage::founded();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move {
        stopped.await.unwrap();
    };
    let server = tokio::spawn(server::serve(
        stage.record.clone(),
        Config::default(),
        listener,
        shutdown,
    ));

    let (_, entry) = stage.report("in-flight");
    let (first, rest) = entry.split_at(entry.len() / 2);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/statements HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        entry.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(first).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!server.is_finished());
    assert!(
        TcpStream::connect(address).await.is_err(),
        "a new connection was taken"
    );

    stream.write_all(rest).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let receipt = answer.split_once("\r\n\r\n").unwrap().1;
    let policy = stage.record.trust_file().unwrap().policy;
    TlogProof::parse(receipt)
        .unwrap()
        .verify(
            &tlog::leaf_hash(&entry),
            &stage.cast.log.verifier_key(),
            Some(&policy),
        )
        .unwrap();

    tokio::time::timeout(Duration::from_secs(10), server)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let late = stage.record.submit(stage.report("late").1).await;
    assert!(matches!(late, Err(SubmitError::Stopped)));
}
