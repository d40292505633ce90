//! `solferino taxii pull`.

use std::path::PathBuf;

use serde_json::{Value, json};
use store::taxii::{Added, Detail, NewCollection};

use super::peer::Peer;
use super::{Open, open, walk};
use crate::claim::shown;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Most refusals that are named one by one.
const MAX_NAMED: usize = 100;
/// Most collections of a server that are looked at.
const MAX_COLLECTIONS: usize = 10_000;

/// Fetch the collections of a TAXII 2.1 server, as claims by others
///
/// Keeps every version to the letter in the collection `claims-NAME` of the record, with where it came from, apart from the
/// log. Goes on where the last run stopped. What breaks the specification is kept and counted; refused is what cannot be
/// kept, such as a second content of one version. URL is that of discovery, of an API root or of one collection.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the server, like http://127.0.0.1:8017/taxii2/
    url: String,
    /// Only this collection, by identifier, alias or title; may be repeated [default: all that may be read]
    #[arg(long, value_name = "COLLECTION")]
    collection: Vec<String>,
    /// Folder of the record; may be served meanwhile
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Whose claims they are; names the collection [default: the host]
    #[arg(long)]
    name: Option<String>,
    /// Name of the account, if one is needed
    #[arg(long, requires = "password_file")]
    user: Option<String>,
    /// File with its password
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// What a walk brought.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    pub(super) pages: u64,
    pub(super) added: u64,
    pub(super) same: u64,
    pub(super) invalid: u64,
    pub(super) refused: u64,
    pub(super) named: Vec<Detail>,
}

impl Pulled {
    /// Counts one page.
    pub(super) fn count(&mut self, added: Added) {
        self.pages += 1;
        self.added += added.added;
        self.same += added.same;
        self.refused += added.failures.len() as u64;
        let room = MAX_NAMED.saturating_sub(self.named.len());
        self.named.extend(added.failures.into_iter().take(room));
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "pages": self.pages, "added": self.added, "there_before": self.same,
            "kept_though_invalid": self.invalid, "refused": self.refused, "refusals": self.named,
        })
    }

    pub(super) fn show(&self, title: &str) {
        ui::line(format!(
            "{}: {} new, {} there before, {} refused; {} of them break the specification and are kept",
            shown(title),
            self.added,
            self.same,
            self.refused,
            self.invalid
        ));
        for detail in &self.named {
            let why = detail.message.as_deref().unwrap_or_default();
            ui::line(format!(
                "refused {} {}: {}",
                shown(&detail.id),
                shown(&detail.version),
                shown(why)
            ));
        }
        if self.refused > self.named.len() as u64 {
            ui::line(format!(
                "… and {} more",
                self.refused - self.named.len() as u64
            ));
        }
    }
}

/// A collection of the server.
struct Theirs {
    title: String,
    /// Address of its objects.
    url: String,
}

pub(super) fn run(args: &Args) -> Outcome {
    let peer = Peer::new(
        &args.url,
        args.user.as_deref(),
        args.password_file.as_deref(),
    )?;
    let open = open(&args.record)?;
    let found = collections(&peer, args)?;
    let name = args.name.clone().unwrap_or_else(|| peer.host());
    let mut reports = Vec::new();
    let mut refused = 0;
    for theirs in &found {
        let pulled = one(&open, &peer, &name, theirs)?;
        refused += pulled.refused;
        if !args.json {
            pulled.show(&theirs.title);
        }
        let mut report = pulled.json();
        report["collection"] = json!(theirs.title);
        report["origin"] = json!(theirs.url);
        reports.push(report);
    }
    if args.json {
        ui::json(
            &json!({"into": format!("claims-{name}"), "collections": reports, "refused": refused}),
        );
    } else {
        ui::line(format!(
            "kept in the collection claims-{name}, as claims by others"
        ));
    }
    Ok(Exit::Ok)
}

fn one(open: &Open, peer: &Peer, name: &str, theirs: &Theirs) -> Outcome<Pulled> {
    let new = NewCollection::pulled(name, &theirs.url);
    let into = open.runtime.block_on(open.store.collection_or_new(&new));
    let into =
        into.map_err(|e| Problem::from(e).hint("--name gives another name: a-z, 0-9, - and ."))?;
    let progress = ui::Progress::start("pulling");
    walk::collection(open, peer, &theirs.url, &into, |pulled| {
        progress.at(pulled.added + pulled.same, 0);
    })
}

/// The collections that were asked for, from whichever address was given.
fn collections(peer: &Peer, args: &Args) -> Outcome<Vec<Theirs>> {
    let url = format!("{}/", args.url.trim_end_matches('/'));
    if let Some((_, rest)) = url.split_once("/collections/")
        && !rest.is_empty()
    {
        let end = url.strip_suffix("objects/").unwrap_or(&url);
        return Ok(vec![Theirs {
            title: rest.trim_end_matches('/').to_owned(),
            url: format!("{end}objects/"),
        }]);
    }
    let first = object(peer, &url)?;
    let roots = match first.get("api_roots").and_then(Value::as_array) {
        Some(roots) => roots
            .iter()
            .filter_map(Value::as_str)
            .map(|root| peer.same_server(root))
            .collect::<Outcome<_>>()?,
        None => vec![url.trim_end_matches("collections/").to_owned()],
    };
    let mut all = Vec::new();
    for root in roots {
        let root = format!("{}/", root.trim_end_matches('/'));
        let listed = object(peer, &format!("{root}collections/"))?;
        let listed = listed
            .get("collections")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        all.extend(
            listed
                .into_iter()
                .take(MAX_COLLECTIONS)
                .map(|collection| (root.clone(), collection)),
        );
    }
    let names = |collection: &Value| {
        ["id", "alias", "title"]
            .map(|name| collection[name].as_str().unwrap_or_default().to_owned())
    };
    if let Some(unknown) = args
        .collection
        .iter()
        .find(|wanted| !all.iter().any(|(_, c)| names(c).contains(wanted)))
    {
        let titles: Vec<String> = all
            .iter()
            .take(20)
            .map(|(_, c)| shown(&names(c)[2]))
            .collect();
        let text = format!("the server has no collection {unknown:?}");
        return Err(Problem::new(text).hint(format!("it lists: {}", titles.join(", "))));
    }
    let wanted = |collection: &Value| {
        let asked = names(collection)
            .iter()
            .any(|name| args.collection.contains(name));
        asked || (args.collection.is_empty() && collection["can_read"] == json!(true))
    };
    let theirs = |(root, collection): &(String, Value)| {
        let [id, _, title] = names(collection);
        Theirs {
            title,
            url: format!("{root}collections/{}/objects/", walk::encoded(&id)),
        }
    };
    Ok(all.iter().filter(|(_, c)| wanted(c)).map(theirs).collect())
}

fn object(peer: &Peer, url: &str) -> Outcome<Value> {
    let answer = peer.get(url).map_err(|e| Problem::from(e).of(url))?;
    let value = exchange::json::value(&answer.body, 1_000_000);
    value.map_err(|e| {
        Problem::from(e)
            .of(url)
            .hint("is this the address of a TAXII 2.1 server? docs/taxii.md")
    })
}
