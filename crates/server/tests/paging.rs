//! Paging who is on call: each once, over restarts, and the next in the chain if nobody answers. Time is an argument.

use std::sync::{Arc, Mutex};

use record::ids::StatementId;
use record::kind::Kind;
use record::time::Timestamp;
use rehearsal::Procedure;
use serde_json::{Value, json};
use server::paging::{Pager, Told, page};
use store::on_call;

use crate::client::Client;
use crate::desk::{DiskDesk, Stage};

/// What only the requester and the officers know.
const STORY: &[u8] = b"you might want to be careful";

/// A desk, one open request, a rota, and a pager that writes down what it is to post.
struct Desk {
    stage: Stage,
    request: StatementId,
    asked: Timestamp,
    posted: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Desk {
    fn new() -> Self {
        let stage = Stage::founded();
        let mut desk = DiskDesk(stage.record.clone());
        let mut p = Procedure::new(&stage.cast, &mut desk, stage.time);
        p.name_desk().unwrap();
        let key = stage.cast.key("requester 1").unwrap();
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] =
            json!([{"commitment": tlog::sha256(STORY), "sealed_sha256": tlog::sha256(STORY)}]);
        let entry = p.sign(&key, Kind::AidRequest, None, body).unwrap().entry;
        let sealed = vec![STORY.to_vec()];
        let taken = stage.record.submit_with_items_blocking(entry, sealed);
        let asked = stage.record.state().global.time.unwrap();
        Self {
            request: taken.unwrap().id,
            asked,
            stage,
            posted: Arc::default(),
        }
    }

    fn with_rota() -> Self {
        let desk = Self::new();
        let people = ["first", "second"].map(|who| {
            (
                who,
                json!({"webhook": format!("https://{who}.example/hook")}),
            )
        });
        let mut people: serde_json::Map<String, Value> = people
            .map(|(who, hook)| (who.to_owned(), hook))
            .into_iter()
            .collect();
        people.insert("director".to_owned(), json!({}));
        let shift = |n: u8| {
            let chain = [
                ["first", "second", "director"],
                ["second", "first", "director"],
            ][usize::from(n % 2)];
            json!({"from": n * 12, "to": n * 12 + 12, "chain": chain})
        };
        let shifts: Vec<_> = (0..14).map(shift).collect();
        let file =
            json!({"format": "solferino.org/aid-rota@v1", "people": people, "shifts": shifts});
        let rota = aid::OnCall::from_json(file.to_string().as_bytes()).unwrap();
        on_call::keep_rota(desk.stage.record.dir(), &rota).unwrap();
        desk
    }

    /// A pager of which every post ends like this.
    fn pager(&self, arrives: bool) -> Pager {
        let posted = Arc::clone(&self.posted);
        Pager::new(move |webhook, text| {
            let page = serde_json::from_str(text).unwrap();
            posted
                .lock()
                .unwrap()
                .push((webhook.as_str().to_owned(), page));
            arrives
                .then_some(())
                .ok_or_else(|| "could not be reached".to_owned())
        })
    }

    async fn look(&self, after_s: i64, arrives: bool) -> Told {
        let now = self.asked.plus_seconds(after_s);
        let told = page(&self.stage.record, &self.pager(arrives), now).await;
        told.unwrap().unwrap()
    }

    /// Whom the posts since the last call went to, and of which level.
    fn posted(&self) -> Vec<(String, u64)> {
        let mut posted: Vec<_> = std::mem::take(&mut *self.posted.lock().unwrap())
            .into_iter()
            .map(|(url, page)| (url, page["alarms"][0]["level"].as_u64().unwrap()))
            .collect();
        posted.sort();
        posted
    }
}

fn told(told: u64, failed: u64, listed: u64) -> Told {
    Told {
        told,
        failed,
        listed,
    }
}

const FIRST: &str = "https://first.example/hook";
const SECOND: &str = "https://second.example/hook";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_is_told_at_once_and_the_chain_step_by_step_until_somebody_answers() {
    let desk = Desk::with_rota();
    let to = |who: &str, level| (who.to_owned(), level);
    assert_eq!(desk.look(0, true).await, told(1, 0, 0));
    assert_eq!(desk.posted(), [to(FIRST, 0)]);
    // Nobody is told twice, whoever looks: nothing of it is in this process's memory.
    for after_s in [5, 10, 3_599] {
        assert_eq!(desk.look(after_s, true).await, told(0, 0, 0));
    }
    assert_eq!(desk.look(3_600, true).await, told(2, 0, 0));
    assert_eq!(desk.posted(), [to(FIRST, 1), to(SECOND, 1)]);
    // The director has no webhook, and is counted as having the list.
    assert_eq!(desk.look(5_400, true).await, told(2, 0, 1));
    // Nobody has classed it, so its second clock goes by P1: its first step tells the first two of that one too.
    assert_eq!(desk.look(7_201, true).await, told(4, 0, 1));
    desk.posted();
    // A server that was down tells what is true now, once, not what it missed.
    let mut other = DiskDesk(desk.stage.record.clone());
    let later = desk.asked.plus_seconds(7_300);
    let officer = rehearsal::aid::officer(&desk.stage.cast).unwrap();
    desk.stage.record.set_time(later).unwrap();
    let mut p = Procedure::new(&desk.stage.cast, &mut other, later);
    // Read and classed as what can wait: then neither clock is anybody's alarm.
    for (to, reason, more) in [
        ("acknowledged", "read-by-person", Value::Null),
        ("vetting", "checks", Value::Null),
        ("accepted", "verified", Value::Null),
        ("triaged", "need-coded", serde_json::json!({"class": "P4"})),
    ] {
        p.step(&officer, desk.request, to, reason, more).unwrap();
    }
    assert_eq!(desk.look(7_305, true).await, told(0, 0, 0));
    assert!(desk.posted().is_empty());
    assert_eq!(
        on_call::outbox(desk.stage.record.dir()).unwrap(),
        aid::Outbox::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_arrive_is_sent_again_and_the_chain_goes_on() {
    let desk = Desk::with_rota();
    assert_eq!(desk.look(0, false).await, told(0, 1, 0));
    for after_s in [5, 29] {
        assert_eq!(desk.look(after_s, false).await, told(0, 0, 0), "too early");
    }
    assert_eq!(desk.look(30, false).await, told(0, 1, 0));
    assert_eq!(desk.look(89, false).await, told(0, 0, 0));
    assert_eq!(desk.look(90, true).await, told(1, 0, 0));
    // The next in the chain is told by the clock, whether or not the first was reached.
    assert_eq!(desk.look(3_600, false).await, told(0, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_no_more_than_the_record_and_nobody_learns_who_is_on_call() {
    let desk = Desk::with_rota();
    desk.look(7_300, true).await;
    let posts = desk.posted.lock().unwrap().clone();
    assert_eq!(posts.len(), 2);
    for (_, page) in posts {
        assert_eq!(page["alarms"][0]["request"], json!(desk.request));
        assert_eq!(page["alarms"][0]["ran_out"], json!(true));
        let text = page.to_string();
        for secret in ["careful", "first.example", "\"first\"", "director"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let client = Client::unlimited(&desk.stage.record);
    for path in [
        "/",
        "/aid",
        "/aid/desk",
        "/aid/figures",
        "/api/v1/aid",
        "/api/v1/aid/requests",
        "/metrics",
    ] {
        let reply = client.get(path).await;
        for secret in ["first.example", "director", "on-call/"] {
            assert!(!reply.text().contains(secret), "{path}");
        }
    }
    // The folder is its owner's alone.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = on_call::rota_file(desk.stage.record.dir());
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rota_nobody_is_paged_and_a_broken_one_is_said_to_be() {
    let desk = Desk::new();
    let now = desk.asked;
    let pager = desk.pager(true);
    assert_eq!(page(&desk.stage.record, &pager, now).await.unwrap(), None);
    let file = on_call::rota_file(desk.stage.record.dir());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "{}").unwrap();
    let problem = page(&desk.stage.record, &pager, now).await.unwrap_err();
    assert!(problem.to_string().contains("not a rota"), "{problem}");
    assert!(desk.posted().is_empty());
}

/// Requests under fresh keys, with these numbers.
fn flood(desk: &Desk, numbers: std::ops::Range<u32>) {
    let mut other = DiskDesk(desk.stage.record.clone());
    let mut p = Procedure::new(&desk.stage.cast, &mut other, desk.asked);
    for n in numbers {
        let name = format!("requester flood-{n}");
        let key = desk.stage.cast.key(&name).unwrap();
        let sealed = format!("sealed {n}").into_bytes();
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] =
            json!([{"commitment": tlog::sha256(&sealed), "sealed_sha256": tlog::sha256(&sealed)}]);
        let entry = p.sign(&key, Kind::AidRequest, None, body).unwrap().entry;
        desk.stage
            .record
            .submit_with_items_blocking(entry, vec![sealed])
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_is_one_page_a_person() {
    let desk = Desk::with_rota();
    flood(&desk, 0..60);
    assert_eq!(desk.look(60, true).await, told(61, 0, 0));
    let posts = desk.posted.lock().unwrap().clone();
    assert_eq!(posts.len(), 1);
    assert_eq!(
        (
            posts[0].1["alarms"].as_array().unwrap().len(),
            &posts[0].1["more"]
        ),
        (20, &json!(41))
    );
    assert_eq!(desk.look(65, true).await, told(0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_that_trickles_is_two_pages_the_first_at_once_and_the_rest_together() {
    let desk = Desk::with_rota();
    for look in 0..12 {
        flood(&desk, look * 5..look * 5 + 5);
        let now = desk.look(i64::from(look) * 5, true).await;
        assert_eq!(now.told, if look == 0 { 6 } else { 0 }, "{look}");
    }
    assert_eq!(desk.look(299, true).await, told(0, 0, 0));
    assert_eq!(desk.look(300, true).await, told(55, 0, 0));
    assert_eq!(
        desk.posted(),
        [(FIRST.to_owned(), 0), (FIRST.to_owned(), 0)]
    );
    // nothing of it delays what climbs the chain
    assert_eq!(desk.look(3_600, true).await.failed, 0);
    assert!(desk.posted().contains(&(SECOND.to_owned(), 1)));
}
