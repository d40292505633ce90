//! A feed as XML (RFC 4287): what is told comes from outside, in any language; how it is written is here alone.

use std::fmt::Write as _;

use record::time::Timestamp;

/// The media type of a feed.
pub const MEDIA_TYPE: &str = "application/atom+xml";

/// A feed, without its entries.
#[derive(Clone, Debug, Default)]
pub struct Head<'a> {
    /// Identifier, a URI that stays (section 4.2.6); see [`tag`].
    pub id: String,
    /// Language of its texts, if it says it (RFC 5646).
    pub language: Option<&'a str>,
    /// Title.
    pub title: String,
    /// What is said below the title.
    pub subtitle: Option<String>,
    /// Whose feed it is.
    pub author: &'a str,
    /// Where it stands, and where its like stands for people.
    pub links: Vec<Link>,
}

/// An entry of a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Identifier, a URI that stays.
    pub id: String,
    /// Title.
    pub title: String,
    /// When it was published.
    pub published: Timestamp,
    /// When the last thing happened to it.
    pub updated: Timestamp,
    /// In other formats, and for people.
    pub links: Vec<Link>,
    /// Words it is sorted by.
    pub categories: Vec<String>,
    /// What it says, in a few sentences.
    pub summary: String,
    /// What it says in full; without it a link has to lead there (section 4.1.2).
    pub content: Option<String>,
}

/// A link (section 4.2.7).
#[derive(Clone, Debug)]
pub struct Link {
    /// What it leads to.
    pub rel: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// The address.
    pub href: String,
}

impl Link {
    /// A link.
    #[must_use]
    pub fn new(rel: &'static str, media_type: &'static str, href: String) -> Self {
        Self {
            rel,
            media_type,
            href,
        }
    }
}

/// Writes a feed; its time is that of the entry that changed last, or `otherwise`.
#[must_use]
pub fn feed(head: &Head<'_>, entries: &[Entry], otherwise: Timestamp) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"",
    );
    if let Some(language) = head.language {
        let _ = write!(out, " xml:lang=\"{}\"", escaped(language));
    }
    out.push_str(">\n");
    element(&mut out, "id", &head.id);
    element(&mut out, "title", &head.title);
    if let Some(subtitle) = &head.subtitle {
        element(&mut out, "subtitle", subtitle);
    }
    let updated = entries.iter().map(|entry| entry.updated).max();
    element(
        &mut out,
        "updated",
        &updated.unwrap_or(otherwise).to_string(),
    );
    links(&mut out, &head.links);
    let author = escaped(head.author);
    let _ = writeln!(out, "<author><name>{author}</name></author>");
    for one in entries {
        entry(&mut out, one);
    }
    out.push_str("</feed>\n");
    out
}

fn entry(out: &mut String, entry: &Entry) {
    out.push_str("<entry>\n");
    element(out, "id", &entry.id);
    element(out, "title", &entry.title);
    element(out, "published", &entry.published.to_string());
    element(out, "updated", &entry.updated.to_string());
    links(out, &entry.links);
    for term in &entry.categories {
        let _ = writeln!(out, "<category term=\"{}\"/>", escaped(term));
    }
    element(out, "summary", &entry.summary);
    if let Some(content) = &entry.content {
        let content = escaped(content);
        let _ = writeln!(out, "<content type=\"text\">{content}</content>");
    }
    out.push_str("</entry>\n");
}

fn element(out: &mut String, name: &str, text: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(out, "<{name}>{}</{name}>", escaped(text));
}

fn links(out: &mut String, links: &[Link]) {
    for link in links {
        let href = escaped(&link.href);
        let _ = writeln!(
            out,
            "<link rel=\"{}\" type=\"{}\" href=\"{href}\"/>",
            link.rel, link.media_type
        );
    }
}

/// Text as XML has it; characters that XML cannot hold are left out (XML 1.0, section 2.2).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A `tag:` URI of the record (RFC 4151): authority and path are those of the origin, the day is the one on which the
/// thing was published. It stays the same wherever the record is served.
#[must_use]
pub fn tag(origin: &str, time: Timestamp, path: &str) -> String {
    let (authority, place) = origin.split_once('/').unwrap_or((origin, ""));
    format!("tag:{authority},{}:{place}{path}", time.day())
}
