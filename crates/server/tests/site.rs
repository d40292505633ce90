//! The static copy: the server's own answers, byte for byte, without a dead link.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use server::site::{self, LIST, SiteError, file_of};

use crate::client::Client;
use crate::desk::{Stage, played};

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap();
                    found.insert(name.to_str().unwrap().to_owned());
                }
            }
        }
    }
    found
}

/// Addresses that a page leads to, without questions and places on a page.
fn links(page: &str) -> BTreeSet<String> {
    let values = |name: &str| {
        page.split(&format!("{name}=\"")[..])
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let all = values(" href")
        .into_iter()
        .chain(values(" data-bundle"))
        .chain(values(" data-trust"));
    let link = |rest: String| {
        let link = rest.split('"').next().unwrap().to_owned();
        let link = link.split('#').next().unwrap().to_owned();
        (!link.is_empty() && !link.contains('?')).then_some(link)
    };
    all.filter_map(link).collect()
}

fn of_a_copy() -> server::Config {
    let unlimited = server::rate::Rate::new(u32::MAX, u32::MAX);
    server::Config {
        client_reads: unlimited,
        all_reads: unlimited,
        client_pages: unlimited,
        is_copy: true,
        ..server::Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_no_form_no_queue_and_no_count_that_hangs_on_the_hour() {
    let help = crate::aid::Help::new();
    let home = tempfile::tempdir().unwrap();
    let record = &help.stage.record;
    site::export(record, home.path(), |_, _| {}).await.unwrap();
    for base in ["", "fr/", "ar/"] {
        for page in ["aid", "aid/status", "aid/desk", "aid/figures"] {
            let file = home.path().join(format!("{base}{page}/index.html"));
            let page = fs::read_to_string(&file).unwrap();
            for never in ["<form", "<script", "<table"] {
                assert!(!page.contains(never), "{} has {never}", file.display());
            }
            assert!(page.contains(record.origin()) && page.contains("solferino aid request"));
        }
    }
    let english = fs::read_to_string(home.path().join("aid/index.html")).unwrap();
    assert!(english.contains("This is a copy"), "{english}");
    assert!(!home.path().join("api/v1/aid/figures").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_is_what_the_server_answers_byte_for_byte() {
    let record = &played().stage.record;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("site");
    let exported = site::export(record, &folder, |_, _| {}).await.unwrap();
    // As when it makes a copy: then nobody can ask, and nothing hangs on the hour.
    let client = Client::with(record, of_a_copy());
    let addresses = site::addresses_of(record).await.unwrap();
    for address in &addresses {
        let reply = client.get(address).await;
        assert_eq!(reply.status, 200, "{address}");
        let file = fs::read(folder.join(file_of(address))).unwrap();
        assert!(file == reply.body, "{address} differs");
    }
    let mut wanted: BTreeSet<_> = addresses.iter().map(|a| file_of(a)).collect();
    wanted.insert(LIST.to_owned());
    assert_eq!(files(&folder), wanted);
    assert_eq!(exported.files as usize, addresses.len());

    let listed = fs::read_to_string(folder.join(LIST)).unwrap();
    for line in listed.lines() {
        let (hash, file) = line.split_once("  ").unwrap();
        let bytes = fs::read(folder.join(file)).unwrap();
        assert_eq!(tlog::sha256(&bytes).to_string(), hash, "{file}");
    }
    assert_eq!(listed.lines().count(), addresses.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_the_copy_leads_to_a_file_of_it() {
    let record = &played().stage.record;
    let home = tempfile::tempdir().unwrap();
    site::export(record, home.path(), |_, _| {}).await.unwrap();
    let there = files(home.path());
    let mut seen = 0;
    for file in there
        .iter()
        .filter(|f| f.ends_with(".html") || f.ends_with(".atom"))
    {
        let page = fs::read_to_string(home.path().join(file)).unwrap();
        for link in links(&page) {
            assert!(link.starts_with('/'), "{file} leads out: {link}");
            assert!(
                there.contains(&file_of(&link)),
                "{file} leads to {link}, which is not there"
            );
            seen += 1;
        }
    }
    assert!(seen > 1_000, "only {seen} links");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_writes_what_changed_and_removes_what_is_gone() {
    let stage = Stage::founded();
    let home = tempfile::tempdir().unwrap();
    let export = || site::export(&stage.record, home.path(), |_, _| {});
    let first = export().await.unwrap();
    assert_eq!((first.written, first.removed), (first.files, 0));
    let again = export().await.unwrap();
    assert_eq!((again.written, again.removed), (0, 0));
    // The log grows: its page and partial tiles change, the list of states does not.
    let (_, entry) = stage.report("someone");
    stage.admit(entry);
    let grown = export().await.unwrap();
    assert!(
        grown.written > 0 && grown.written < grown.files / 2,
        "{grown:?}"
    );
    assert!(
        grown.removed > 0,
        "partial tiles of the old size: {grown:?}"
    );
    // A file that was damaged comes back.
    fs::write(home.path().join("style.css"), "").unwrap();
    assert_eq!(export().await.unwrap().written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_holds_something_else_is_left_alone() {
    let stage = Stage::founded();
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("letter.txt"), "mine").unwrap();
    let refused = site::export(&stage.record, home.path(), |_, _| {}).await;
    assert!(
        matches!(refused, Err(SiteError::NotACopy(_))),
        "{refused:?}"
    );
    assert_eq!(files(home.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_kept_beside_a_server_follows_the_log_and_rests_while_it_does() {
    let stage = Stage::founded();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("site");
    let modules = server::modules::Modules::default();
    let mut keeper = site::Keeper::new(stage.record.clone(), folder.clone(), modules);
    let first = keeper.look().await.unwrap().unwrap();
    assert_eq!(first.written, first.files);
    assert!(keeper.look().await.unwrap().is_none());
    let (_, entry) = stage.report("someone");
    stage.admit(entry);
    // What an export that was cut short left is no part of a copy.
    fs::write(folder.join(".solferino-site.half"), "half").unwrap();
    let grown = keeper.look().await.unwrap().unwrap();
    assert!(grown.written > 0 && grown.written < grown.files);
    assert!(keeper.look().await.unwrap().is_none());
    let checkpoint = fs::read(folder.join("checkpoint")).unwrap();
    assert_eq!(checkpoint, stage.record.checkpoint());
    assert_eq!(files(&folder).len() as u64, grown.files + 1);
}
