//! Walking through a collection of others, page by page, so that nothing is lost however its server pages.

use serde_json::Value;
use store::taxii::time::{micros, shown};
use store::taxii::{Check, Collection, envelope};

use super::peer::{Peer, Unanswered};
use super::pull::Pulled;
use super::{Open, now_micros};
use crate::problem::{Outcome, Problem};
use crate::ui;

/// How far a server's clock may be ahead of ours, in microseconds (one day).
const MAX_AHEAD_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// Objects asked for in one request.
const PAGE: u32 = 1_000;
/// Most objects of a page that are taken.
const MAX_PAGE_OBJECTS: usize = 100_000;
/// Longest `next` that is given back, in bytes.
const MAX_NEXT_BYTES: usize = 4_096;
/// Most pages in a row that bring nothing new while the server says there is more.
const MAX_EMPTY_PAGES: u32 = 20;

/// How to ask for the page that comes.
struct Place {
    /// What a later run goes on with: everything added up to then was seen.
    position: Option<String>,
    /// The `added_after` that is asked with; as long as there is a `next`, that of the page it began with.
    after: Option<String>,
    next: Option<String>,
    /// Pages in a row that brought nothing new.
    empty: u32,
}

impl Place {
    /// A position only if it is later than the one there is.
    fn later<'a>(&self, position: Option<&'a str>) -> Option<&'a str> {
        position.filter(|position| Some(*position) > self.position.as_deref())
    }
}

/// Pulls what is new in one collection, `url` being that of its objects.
pub(super) fn collection(
    open: &Open,
    peer: &Peer,
    url: &str,
    into: &Collection,
    mut tell: impl FnMut(&Pulled),
) -> Outcome<Pulled> {
    let position = open.runtime.block_on(open.store.position(url))?;
    let mut place = Place {
        after: position.clone(),
        position,
        next: None,
        empty: 0,
    };
    let mut pulled = Pulled::default();
    loop {
        let page = match peer.get(&address(url, &place)) {
            Ok(page) => page,
            // A cursor the server has forgotten: the position serves as well.
            Err(Unanswered::Refused(400 | 404, _)) if place.next.is_some() => {
                place.next = None;
                place.after.clone_from(&place.position);
                continue;
            }
            Err(other) => return Err(Problem::from(other).of(url)),
        };
        let read = envelope(&page.body, Check::Count, MAX_PAGE_OBJECTS);
        let read = read.map_err(|e| Problem::from(e).of(url).hint("the page was not stored"))?;
        let more = read.header.get("more") == Some(&Value::Bool(true));
        let next = read.header.get("next").and_then(Value::as_str);
        let next = next
            .filter(|next| more && next.len() <= MAX_NEXT_BYTES)
            .map(str::to_owned);
        let position = page.added_last.as_deref().and_then(just_before);
        // A position in the future would end every later pull in silence.
        let ahead = shown(now_micros().saturating_add(MAX_AHEAD_MICROS));
        let position = match position {
            Some(position) if position > ahead => {
                ui::remark(format!(
                    "{url}: its X-TAXII-Date-Added-Last lies in the future and is not believed; the next pull asks again from where this one began"
                ));
                None
            }
            position => position,
        };
        pulled.invalid += read.invalid;
        let moved = position.is_some() && position > place.position;
        let added = open.store.add_pulled(
            into,
            url,
            read.objects,
            place.later(position.as_deref()),
            now_micros(),
        );
        let added = open.runtime.block_on(added)?;
        pulled.count(added);
        tell(&pulled);
        if !more {
            return Ok(pulled);
        }
        let advanced = moved || (next.is_some() && next != place.next);
        place.empty = if moved { 0 } else { place.empty + 1 };
        if !advanced || place.empty > MAX_EMPTY_PAGES {
            return Err(stuck(url));
        }
        if moved {
            place.position = position;
        }
        if next.is_none() {
            place.after.clone_from(&place.position);
        }
        place.next = next;
    }
}

/// The moment before a `date_added`, so that what shares it is asked for again; a text that sorts like its moment.
fn just_before(added_last: &str) -> Option<String> {
    micros(added_last).map(|at| shown(at.saturating_sub(1)))
}

fn stuck(url: &str) -> Problem {
    let text = format!("{url}: the server says there is more and gives no way to it");
    Problem::new(text).hint("it gives neither a new `next` nor a later X-TAXII-Date-Added-Last; what came is kept. Tell its operator")
}

fn address(url: &str, place: &Place) -> String {
    let mut address = format!("{url}?limit={PAGE}&match%5Bversion%5D=all");
    if let Some(after) = &place.after {
        address += &format!("&added_after={after}");
    }
    if let Some(next) = &place.next {
        address += &format!("&next={}", encoded(next));
    }
    address
}

/// Percent-encoded, but for what needs none.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte.into());
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}
