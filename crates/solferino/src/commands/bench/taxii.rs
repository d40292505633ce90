//! `solferino bench taxii`.

mod client;
mod corpus;
mod promises;
mod service;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rehearsal::{Cast, SeatSpecRole};
use store::Record;
use store::measure::Spent;
use store::taxii::time::shown;
use store::taxii::{NewCollection, Secret, Taxii};
use tokio::runtime::Runtime;

use self::client::Client;
use self::promises::Promises;
use self::service::Service;
use crate::commands::taxii::now_micros;
use crate::problem::{Outcome, Problem};
use crate::ui;

/// Objects of one POST.
const POSTED: usize = 1_000;
/// Connections that post.
const WRITERS: usize = 2;
/// Connections that read pages at one time.
const READERS: usize = 8;
/// How long they do.
const READING: Duration = Duration::from_secs(3);
/// Requests of which the median and the 99th percentile are told.
const SAMPLES: usize = 2_000;
/// Objects of a page that is asked for.
const PAGE: usize = 100;
/// Of so many answers one is read whole, and its objects are counted.
const CHECKED: usize = 50;
const CLAIMS: &str = "/taxii2/solferino/collections/claims";

/// Measure TAXII: taking objects in, paging, single objects, many clients, a large collection
///
/// Makes a record in a temporary folder, serves it from a second process on 127.0.0.1 without limits on rates, and removes
/// it. Times are those of clients on the same cores; processor time is told apart, and memory is the server's alone. At
/// the end each promise of docs/taxii.md stands as met or missed; one missed makes the exit code 4.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A STIX bundle to take in, such as ATT&CK; gzipped if called .gz [default: 25,000 made objects of two kilobytes]
    #[arg(long, value_name = "FILE")]
    stix: Option<PathBuf>,
    /// Also a collection of so many made objects, such as 1000000
    #[arg(long, value_name = "N")]
    large: Option<usize>,
    /// Folder in which the temporary one is made, on the disk that is meant [default: the system's]
    #[arg(long, value_name = "DIR")]
    within: Option<PathBuf>,
    /// Be the server of a bench
    #[arg(long, hide = true)]
    serve: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Outcome {
    if let Some(dir) = &args.serve {
        return service::serve(dir);
    }
    let home = match &args.within {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir(),
    }?;
    let dir = home.path().join("record");
    let runtime = Runtime::new()?;
    let authorization = founded(&runtime, &dir)?;
    let service = Service::start(&dir)?;
    let mut promises = Promises::default();
    take_in_and_read(args, &service, &authorization, &mut promises)?;
    if let Some(objects) = args.large {
        large(&runtime, &dir, &service, objects, &mut promises)?;
    }
    promises.memory(memory(&service));
    Ok(promises.tell())
}

/// Makes a record with a registrar; gives what the registrar signs in with.
fn founded(runtime: &Runtime, dir: &Path) -> Outcome<String> {
    let time = super::TIME.parse().map_err(Problem::from)?;
    let cast = Cast::new([5; 32], super::ORIGIN, &rehearsal::corpus::panel()?)?;
    let record = Record::create(dir, &cast.log, &rehearsal::genesis(&cast, time)?)?;
    record.stop();
    drop(record);
    let registrar = cast.one(SeatSpecRole::Registrar);
    let registrar = registrar.ok_or_else(|| Problem::new("the cast has no registrar"))?;
    let secret = Secret::of([7; 32]);
    let name = registrar.spec.id.as_str();
    runtime.block_on(async {
        let store = Taxii::open(dir).await?;
        store.set_account(name, &secret, now_micros()).await?;
        store.close().await;
        Ok::<_, store::StoreError>(())
    })?;
    Ok(client::basic(name, secret.reveal()))
}

fn take_in_and_read(
    args: &Args,
    service: &Service,
    authorization: &str,
    promises: &mut Promises,
) -> Outcome<()> {
    let corpus = corpus::read(args.stix.as_deref())?;
    let (taken, a_second) = take_in(&corpus, service, authorization)?;
    promises.taken_in(a_second);
    promises.paged_whole(page_whole(&corpus, taken, service)?);
    let ids = corpus.ids;
    drop(corpus.posts);
    let by_id = |n: usize| format!("{CLAIMS}/objects/{}/", ids[n * 7_919 % ids.len()]);
    let sample = sampled("one object by its identifier", service, 1, by_id)?;
    promises.by_id(sample.p99_ms);
    let dates = dates(service)?;
    let page = |n: usize| {
        format!(
            "{CLAIMS}/objects/?limit={PAGE}&added_after={}",
            dates[n * 31 % dates.len()]
        )
    };
    let sample = sampled("a page of 100, anywhere", service, PAGE, page)?;
    promises.page(sample.p50_ms);
    promises.pages(crowd(service, &page)?);
    memory(service);
    Ok(())
}

/// Tells the memory of the server; gives the most it had so far, in megabytes.
fn memory(service: &Service) -> f64 {
    let [now, most] = service.memory_mb();
    ui::line(format!(
        "{:<42} {now:>12.0} MB of the server now, {most:.0} MB at most so far",
        "memory"
    ));
    most
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn told(what: &str, figure: f64, unit: &str, spent: Spent, server_s: f64) {
    ui::line(format!(
        "{what:<42} {figure:>12.3} {unit}; {:.2} s by the clock; processor time: server {server_s:.2} s, clients {:.2} s",
        spent.wall_s, spent.cpu_s
    ));
}

/// Posts everything, and compares with only reading the JSON of the same bytes; gives the objects held, and posted a second.
fn take_in(corpus: &corpus::Corpus, service: &Service, authorization: &str) -> Outcome<(u64, f64)> {
    let (parsed, limit) = Spent::by(|| corpus.parse());
    parsed?;
    let next = Mutex::new(corpus.posts.iter());
    let post = || {
        let mut client = Client::new(service.address)?;
        let mut taken = 0;
        while let Some(body) = next.lock().ok().and_then(|mut posts| posts.next()) {
            taken += client.post(&format!("{CLAIMS}/objects/"), authorization, body)?;
        }
        Ok::<u64, Problem>(taken)
    };
    let (taken, spent, server_s) = service.by(|| together(WRITERS, post));
    let taken: u64 = taken?.into_iter().sum();
    let megabytes = mb(corpus.posts.iter().map(|post| post.len() as u64).sum());
    ui::line(format!(
        "{} objects, {megabytes:.1} MB; {taken} accepted, the others refused by the validator or twice there",
        corpus.ids.len()
    ));
    told(
        "reading the JSON alone",
        corpus.ids.len() as f64 / limit.wall_s,
        "objects/s",
        limit,
        0.0,
    );
    let a_second = corpus.ids.len() as f64 / spent.wall_s;
    told("taken in", a_second, "objects/s", spent, server_s);
    if taken == 0 {
        return Err(Problem::new(
            "nothing was accepted; `solferino stix validate` says why",
        ));
    }
    Ok((taken, a_second))
}

/// Runs the same on several threads.
fn together<T: Send>(count: usize, work: impl Fn() -> Outcome<T> + Sync) -> Outcome<Vec<T>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(&work)).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended
            .map(|ended| ended.map_err(|_| Problem::new("a client of the bench ended early"))?)
            .collect()
    })
}

/// Pages through everything, a thousand at a time, and counts the objects if that is wanted; gives pages, bytes and objects.
fn walk(service: &Service, counted: bool) -> Outcome<(u64, usize, usize)> {
    let mut client = Client::new(service.address)?;
    let (mut pages, mut bytes, mut objects) = (0_u64, 0, 0);
    let mut next = String::new();
    loop {
        client.get(&format!(
            "{CLAIMS}/objects/?limit=1000&match%5Bversion%5D=all{next}"
        ))?;
        pages += 1;
        bytes += client.body().len();
        if counted {
            objects += client.objects()?;
        }
        match client.next() {
            Some(token) => next = format!("&next={token}"),
            None => return Ok((pages, bytes, objects)),
        }
    }
}

/// Pages through everything that was taken in; gives the seconds it took.
fn page_whole(corpus: &corpus::Corpus, taken: u64, service: &Service) -> Outcome<f64> {
    // Once to warm up what every service has warm, and to count.
    let (_, bytes_before, objects) = walk(service, true)?;
    let (walked, spent, server_s) = service.by(|| walk(service, false));
    let (pages, bytes, _) = walked?;
    // A bundle may have an object twice; it is held once.
    let distinct: BTreeSet<_> = corpus.ids.iter().collect();
    let lost = objects as u64 != taken && distinct.len() == corpus.ids.len();
    if bytes != bytes_before || lost {
        let text = format!(
            "{objects} of {taken} objects were paged, {bytes_before} bytes and then {bytes}"
        );
        return Err(Problem::new(text));
    }
    let expected = corpus.ids.len().div_ceil(POSTED) as u64;
    told(
        &format!(
            "paged whole, {pages} pages, {objects} objects, {:.1} MB",
            mb(bytes as u64)
        ),
        spent.wall_s,
        "s",
        spent,
        server_s,
    );
    if pages > expected {
        return Err(Problem::new(format!(
            "{pages} pages where {expected} would do"
        )));
    }
    Ok(spent.wall_s)
}

/// What many requests took, in milliseconds each.
struct Sample {
    p50_ms: f64,
    p99_ms: f64,
    server_cpu_ms: f64,
}

/// Asks one after another on one connection, for answers of so many objects; tells the median and the 99th percentile.
fn sampled(
    what: &str,
    service: &Service,
    objects: usize,
    path: impl Fn(usize) -> String,
) -> Outcome<Sample> {
    let mut client = Client::new(service.address)?;
    let mut waits = Vec::with_capacity(SAMPLES);
    let (asked, spent, server_s) = service.by(|| {
        for n in 0..SAMPLES {
            let begun = Instant::now();
            client.get(&path(n))?;
            waits.push(begun.elapsed().as_secs_f64() * 1e3);
            if n % CHECKED == 0 {
                client.must_have(objects)?;
            }
        }
        Ok::<_, Problem>(())
    });
    asked?;
    waits.sort_by(f64::total_cmp);
    let [p50_ms, p99_ms] = [50, 99].map(|percent| waits[waits.len() * percent / 100]);
    let server_cpu_ms = server_s * 1e3 / SAMPLES as f64;
    ui::line(format!(
        "{what:<42} p50 {p50_ms:.3} ms, p99 {p99_ms:.3} ms; processor time each: server {server_cpu_ms:.3} ms, client {:.3} ms",
        spent.cpu_s * 1e3 / SAMPLES as f64
    ));
    Ok(Sample {
        p50_ms,
        p99_ms,
        server_cpu_ms,
    })
}

/// Many clients at one time; gives their pages a second.
fn crowd(service: &Service, page: &(impl Fn(usize) -> String + Sync)) -> Outcome<f64> {
    let read = || {
        let mut client = Client::new(service.address)?;
        let begun = Instant::now();
        let mut pages = 0_usize;
        while begun.elapsed() < READING {
            client.get(&page(pages))?;
            if pages.is_multiple_of(CHECKED) {
                client.must_have(PAGE)?;
            }
            pages += 1;
        }
        Ok::<_, Problem>(pages)
    };
    let (pages, spent, server_s) = service.by(|| together(READERS, read));
    let pages: usize = pages?.into_iter().sum();
    let a_second = pages as f64 / spent.wall_s;
    let what = format!("pages of 100 for {READERS} clients");
    told(&what, a_second, "pages/s", spent, server_s);
    Ok(a_second)
}

/// The `date_added` of every hundredth object, but for the last hundred.
fn dates(service: &Service) -> Outcome<Vec<String>> {
    let mut client = Client::new(service.address)?;
    let (mut dates, mut next) = (Vec::new(), String::new());
    loop {
        client.get(&format!("{CLAIMS}/manifest/?limit=100{next}"))?;
        match client.next() {
            Some(token) => next = format!("&next={token}"),
            None => break,
        }
        dates.extend(client.added_last());
    }
    dates.pop();
    if dates.is_empty() {
        return Err(Problem::new(
            "too few objects for pages of 100: give a larger bundle",
        ));
    }
    Ok(dates)
}

/// A large collection: its tail, and pages at its beginning, middle and end.
fn large(
    runtime: &Runtime,
    dir: &Path,
    service: &Service,
    objects: usize,
    promises: &mut Promises,
) -> Outcome<()> {
    let (made, spent) = Spent::by(|| {
        runtime.block_on(async {
            let store = Taxii::open(dir).await?;
            let name = NewCollection::pulled("large", "the bench");
            let into = store.collection_or_new(&name).await?;
            let mut places = Vec::new();
            for start in (0..objects).step_by(POSTED) {
                let end = (start + POSTED).min(objects);
                if start == 0 || end == objects || (start <= objects / 2 && end > objects / 2) {
                    places.push(shown(now_micros()));
                }
                store
                    .add(&into, "bench", corpus::made(start..end), now_micros())
                    .await?;
            }
            store.close().await;
            Ok::<_, Problem>(places)
        })
    });
    let places = made?;
    told(
        &format!("{objects} made objects, written in process"),
        objects as f64 / spent.wall_s,
        "objects/s",
        spent,
        0.0,
    );
    let claims = CLAIMS.replace("claims", "claims-large");
    let at = |what: &str, place: &str| {
        sampled(what, service, PAGE, |_| {
            format!("{claims}/objects/?limit={PAGE}&added_after={place}")
        })
    };
    let [beginning, middle, end] = places.as_slice() else {
        return Err(Problem::new("a large collection has 3,000 objects or more"));
    };
    let first = at("page of 100 at the beginning", beginning)?;
    let inside = at("page of 100 in the middle", middle)?;
    promises.flat(first.server_cpu_ms, inside.server_cpu_ms);
    promises.tail(at("the tail by added_after", end)?.p99_ms);
    let rare = format!("{claims}/objects/?limit={PAGE}&match%5Btype%5D=campaign");
    let what = "a type of which there is one in a thousand";
    sampled(what, service, 1, |_| rare.clone())?;
    Ok(())
}
