//! Paging by `first`, `last` and `all` while versions come and are taken back: nothing is hidden, and nothing comes twice.

use std::collections::HashMap;

use serde_json::Value;
use solferino_store::taxii::{Asked, Collection, Line, Removed, Taxii, Versions};

use crate::taxii::{home, read, tool};

fn versions(first: bool, last: bool, all: bool) -> Versions {
    Versions {
        first,
        last,
        all,
        exact: Vec::new(),
    }
}

/// A client that asks again and again for what is later than what it has.
struct Client {
    asked: Asked,
    seen: Vec<String>,
}

impl Client {
    fn new(versions: Versions) -> Self {
        let asked = Asked {
            versions,
            ..Asked::first(2)
        };
        Self {
            asked,
            seen: Vec::new(),
        }
    }

    /// Pages to the end; the versions of this round.
    async fn page(&mut self, store: &Taxii, of: &Collection) -> Vec<String> {
        let mut round = Vec::new();
        loop {
            let page = store.lines(of, &self.asked).await.unwrap();
            assert_eq!(
                lines_of(&store.page(of, &self.asked).await.unwrap().content),
                page.lines.iter().map(year).collect::<Vec<_>>(),
                "objects and manifest say the same"
            );
            assert!(page.lines.len() <= 2);
            round.extend(page.lines.iter().map(year));
            if let Some(last) = page.lines.last() {
                self.asked.after = last.added;
            }
            if !page.more {
                break;
            }
        }
        self.seen.extend(round.iter().cloned());
        round
    }
}

fn year(line: &Line) -> String {
    format!("{}@{}", &line.id[6..14], &line.version[..4])
}

fn lines_of(content: &[u8]) -> Vec<String> {
    let text = [b"[", content, b"]"].concat();
    let objects: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let one = |o: &Value| {
        let (id, version) = (o["id"].as_str().unwrap(), o["modified"].as_str().unwrap());
        format!("{}@{}", &id[6..14], &version[..4])
    };
    objects.iter().map(one).collect()
}

fn of_year(n: usize, year: usize) -> Value {
    tool(n, &format!("{year}-01-01T00:00:00.000Z"))
}

fn name(n: usize, year: usize) -> String {
    format!("{n:08x}@{year}")
}

async fn take_back(store: &Taxii, of: &Collection, n: usize, versions: Versions) {
    let id = tool(n, "2020-01-01T00:00:00.000Z")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let gone = store.remove(of, "m", &id, &versions, &[], 1).await.unwrap();
    assert!(matches!(gone, Removed::Gone(_)), "{gone:?}");
}

#[tokio::test]
async fn a_version_that_is_an_end_again_is_shown_to_who_asks_for_ends_and_to_nobody_twice() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let mut first = Client::new(versions(true, false, false));
    let mut last = Client::new(versions(false, true, false));
    let mut ends = Client::new(versions(true, true, false));
    let mut all = Client::new(versions(false, false, true));
    let objects = [2018, 2019, 2020].map(|year| of_year(1, year));
    store.add(&claims, "m", read(&objects), 1).await.unwrap();
    let mut round = async |due: [&[usize]; 4]| {
        let clients = [&mut first, &mut last, &mut ends, &mut all];
        for ((client, due), what) in clients
            .into_iter()
            .zip(due)
            .zip(["first", "last", "ends", "all"])
        {
            let due: Vec<_> = due.iter().map(|year| name(1, *year)).collect();
            assert_eq!(client.page(&store, &claims).await, due, "{what}");
        }
    };
    round([&[2018], &[2020], &[2018, 2020], &[2018, 2019, 2020]]).await;
    // The first is taken back: the second is the first now, and was on no page of who asks for first.
    take_back(&store, &claims, 1, versions(true, false, false)).await;
    round([&[2019], &[], &[2019], &[]]).await;
    // The last too: the second is both.
    take_back(&store, &claims, 1, versions(false, true, false)).await;
    round([&[], &[2019], &[], &[]]).await;
    // A later and an earlier one come; the second is neither.
    let objects = [2021, 2017].map(|year| of_year(1, year));
    store.add(&claims, "m", read(&objects), 1).await.unwrap();
    round([&[2017], &[2021], &[2021, 2017], &[2021, 2017]]).await;
    // Who begins now sees the same, each once.
    for (asked, due) in [
        (versions(true, false, false), vec![2017]),
        (versions(false, true, false), vec![2021]),
        (versions(true, true, false), vec![2021, 2017]),
        (versions(false, false, true), vec![2019, 2021, 2017]),
    ] {
        let due: Vec<_> = due.into_iter().map(|year| name(1, year)).collect();
        assert_eq!(Client::new(asked).page(&store, &claims).await, due);
    }
}

#[tokio::test]
async fn a_version_asked_for_by_its_moment_and_as_the_last_comes_once() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let objects = [2018, 2019, 2020].map(|year| of_year(1, year));
    store.add(&claims, "m", read(&objects), 1).await.unwrap();
    take_back(&store, &claims, 1, versions(false, true, false)).await;
    let asked = Versions {
        exact: vec!["2019-01-01T00:00:00".to_owned()],
        ..versions(false, true, false)
    };
    for (ids, kinds) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut client = Client::new(asked.clone());
        if ids {
            client.asked.ids = vec![objects[0]["id"].as_str().unwrap().to_owned()];
        }
        if kinds {
            client.asked.kinds = vec!["tool".to_owned()];
        }
        assert_eq!(client.page(&store, &claims).await, [name(1, 2019)]);
        client.asked.after = 0;
        client.asked.versions = versions(false, true, false);
        assert_eq!(client.page(&store, &claims).await, [name(1, 2019)]);
    }
}

/// Numbers that look as if they came by chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most).unwrap()
    }
}

/// Hundreds of additions and removals in any order. Clients that page along the way know the present first and last of each
/// object; who asks for all sees each version once a time it is added; a client that begins now sees exactly what is.
#[tokio::test]
async fn clients_that_page_along_know_what_is_whatever_was_taken_back() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let mut chance = Chance(18);
    let mut clients = [
        Client::new(versions(true, false, false)),
        Client::new(versions(false, true, false)),
        Client::new(versions(true, true, false)),
        Client::new(versions(false, false, true)),
    ];
    let mut held: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut added: Vec<String> = Vec::new();
    for _ in 0..300 {
        let (n, year) = (chance.below(4), 2016 + chance.below(12));
        let years = held.entry(n).or_default();
        if chance.below(2) == 0 && !years.is_empty() {
            let what = chance.below(3);
            take_back(
                &store,
                &claims,
                n,
                versions(what == 0, what == 1, false).or_all(what),
            )
            .await;
            match what {
                0 => {
                    years.remove(0);
                }
                1 => {
                    years.pop();
                }
                _ => years.clear(),
            }
        } else if !years.contains(&year) {
            let objects = read(&[of_year(n, year)]);
            assert_eq!(store.add(&claims, "m", objects, 1).await.unwrap().added, 1);
            years.push(year);
            years.sort_unstable();
            added.push(name(n, year));
        }
        if chance.below(3) > 0 {
            continue;
        }
        for client in &mut clients {
            client.page(&store, &claims).await;
            let Versions {
                first, last, all, ..
            } = client.asked.versions;
            let due = |years: &Vec<usize>, at: usize| {
                all || (first && at == 0) || (last && at + 1 == years.len())
            };
            let mut present = Vec::new();
            for (n, years) in &held {
                let ends = years.iter().enumerate().filter(|(at, _)| due(years, *at));
                present.extend(ends.map(|(_, year)| name(*n, *year)));
            }
            for version in &present {
                assert!(client.seen.contains(version), "{version} was hidden");
            }
            // Of who asks for one end: what was given last of an object is what holds.
            for (n, years) in held
                .iter()
                .filter(|(_, years)| first != last && !years.is_empty())
            {
                let object = format!("{n:08x}@");
                let given = client.seen.iter().rfind(|one| one.starts_with(&object));
                let end = if first { years.first() } else { years.last() };
                assert_eq!(given.unwrap(), &name(*n, *end.unwrap()));
            }
            let mut anew = Client::new(client.asked.versions.clone());
            let mut anew = anew.page(&store, &claims).await;
            anew.sort();
            present.sort();
            assert_eq!(anew, present);
        }
        let seen = &clients[3].seen;
        for version in seen {
            let count = |list: &[String]| list.iter().filter(|one| *one == version).count();
            assert!(count(seen) <= count(&added), "{version} came twice");
        }
    }
}

trait OrAll {
    fn or_all(self, what: usize) -> Self;
}

impl OrAll for Versions {
    /// All versions for the third kind of removal.
    fn or_all(self, what: usize) -> Self {
        if what == 2 { Self::all() } else { self }
    }
}
