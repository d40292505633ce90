//! Walking through a collection of others, page by page, so that nothing is lost however its server pages.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;
use store::taxii::time::{micros, shown};
use store::taxii::{Check, Collection, Detail, Entry, envelope};

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
/// Most pages in a row without an object that this walk has not had, while the server says there is more.
const MAX_EMPTY_PAGES: u32 = 20;
/// How often in one walk a server may forget a cursor that it gave.
const MAX_FORGOTTEN: u32 = 100;
/// Objects that are remembered, to tell what is new from what comes again: 8 bytes each. A walk that has had more begins
/// to remember anew.
const MAX_SEEN: usize = 1 << 22;

/// How to ask for the page that comes.
struct Place {
    /// What a later run goes on with: everything added up to then was seen.
    position: Option<String>,
    /// The `added_after` that is asked with; as long as there is a `next`, that of the page it began with.
    after: Option<String>,
    next: Option<String>,
    /// Pages in a row that brought nothing new.
    empty: u32,
    /// Cursors that the server gave and forgot.
    forgotten: u32,
    /// Whether it was said that the server's dates are not believed.
    said: bool,
}

/// What a walk has had. What is held already says nothing about it: a pull that goes on where another stopped may have many
/// pages of one `date_added` before it that are all held.
#[derive(Default)]
struct Seen {
    hasher: RandomState,
    objects: HashSet<u64>,
}

impl Seen {
    /// Whether one of the objects is new to this walk.
    fn is_new(&mut self, objects: &[Result<Entry, Detail>]) -> bool {
        if self.objects.len() > MAX_SEEN {
            self.objects.clear();
        }
        let mut new = false;
        for entry in objects.iter().flatten() {
            new |= self.objects.insert(self.hasher.hash_one(&entry.content));
        }
        new
    }
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
        forgotten: 0,
        said: false,
    };
    let mut seen = Seen::default();
    let mut pulled = Pulled::default();
    loop {
        let page = match peer.get(&address(url, &place)) {
            Ok(page) => page,
            // A cursor the server has forgotten: the position serves as well.
            Err(Unanswered::Refused(400 | 404, _))
                if place.next.is_some() && place.forgotten < MAX_FORGOTTEN =>
            {
                place.forgotten += 1;
                place.next = None;
                // What comes again until the place is reached once more is no sign of a circle.
                seen.objects.clear();
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
        let position = page
            .added_last
            .as_deref()
            .and_then(|last| believed(url, last, &mut place.said));
        pulled.invalid += read.invalid;
        let moved = position.is_some() && position > place.position;
        let new = seen.is_new(&read.objects);
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
        let advanced = moved || (next.is_some() && (new || next != place.next));
        place.empty = if new { 0 } else { place.empty + 1 };
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

/// The position that the last `date_added` of a page gives; none if it lies in the future, where it would end every later
/// pull in silence.
fn believed(url: &str, added_last: &str, said: &mut bool) -> Option<String> {
    let position = just_before(added_last)?;
    let ahead = shown(now_micros().saturating_add(MAX_AHEAD_MICROS));
    if position <= ahead {
        return Some(position);
    }
    if !std::mem::replace(said, true) {
        ui::remark(format!(
            "{url}: its X-TAXII-Date-Added-Last lies in the future and is not believed; the next pull asks again from where this one began"
        ));
    }
    None
}

/// The moment before a `date_added`, so that what shares it is asked for again; a text that sorts like its moment.
fn just_before(added_last: &str) -> Option<String> {
    micros(added_last).map(|at| shown(at.saturating_sub(1)))
}

fn stuck(url: &str) -> Problem {
    let text = format!("{url}: the server says there is more and gives no way to it");
    Problem::new(text).hint("it gives neither a new `next` nor a later X-TAXII-Date-Added-Last, or nothing but what it gave before; what came is kept. Tell its operator")
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
