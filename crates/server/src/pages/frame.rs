//! What every page shows around its content: language, banner, navigation.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use store::Record;

use super::aid::Counts;
use crate::app::is_demonstration;
use crate::text::{Lang, Markup, Texts};

/// Where a page stands: its language, and its address without it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) lang: Lang,
    /// Path and query, the same in every language.
    pub(crate) address: String,
}

impl Place {
    pub(crate) fn of(uri: &Uri) -> Self {
        let whole = uri.path_and_query().map_or("/", |p| p.as_str());
        let (path, query) = whole.split_at(whole.find('?').unwrap_or(whole.len()));
        let (lang, path) = Lang::of_path(path);
        // What begins with two slashes (or backslashes, to a browser) would be another host's address.
        let path = path.trim_start_matches(['/', '\\']);
        Self {
            lang,
            address: format!("/{path}{query}"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Place {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}

/// The same page in a language.
pub(crate) struct Language {
    pub(crate) tag: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) name: &'static str,
    pub(crate) href: String,
    pub(crate) current: bool,
}

/// Pages that the navigation leads to: path, and key of the name.
const NAVIGATION: [(&str, &str); 11] = [
    ("/", "common.nav-cases"),
    ("/norms", "common.nav-norms"),
    ("/states", "common.nav-states"),
    ("/incidents", "common.nav-incidents"),
    ("/rules", "common.nav-rules"),
    ("/independence", "common.nav-independence"),
    ("/aid", "common.nav-aid"),
    ("/log", "common.nav-log"),
    ("/words", "common.nav-words"),
    ("/verify", "verify.nav"),
    ("/desk", "desk.nav"),
];

/// What every page shows around its content.
pub(crate) struct Frame {
    pub(crate) t: Texts,
    /// Whether the record is a demonstration, which its every page says.
    pub(crate) demonstration: bool,
    /// The record's origin.
    pub(crate) origin: String,
    /// Where the same stands for programs.
    pub(crate) json: Option<String>,
    place: Place,
    record: Record,
}

impl Frame {
    pub(crate) fn of(record: &Record, place: Place) -> Self {
        Self {
            t: Texts(place.lang),
            demonstration: is_demonstration(&record.state()),
            origin: record.origin().to_owned(),
            json: None,
            place,
            record: record.clone(),
        }
    }

    /// The frame of a page that also stands as JSON at this address.
    pub(crate) fn with_json(mut self, path: String) -> Self {
        self.json = Some(path);
        self
    }

    /// What waits at the desk that helps, where there is one.
    pub(crate) fn desk_counts(&self) -> Option<Counts> {
        Counts::of(self.t, &self.record.state())
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.t.0.tag()
    }

    pub(crate) fn dir(&self) -> &'static str {
        self.t.0.dir()
    }

    /// What stands before every link to a page.
    pub(crate) fn base(&self) -> &'static str {
        self.t.0.base()
    }

    pub(crate) fn origin_line(&self) -> Markup {
        self.t
            .say("common.origin")
            .with("origin", &self.origin)
            .html()
    }

    /// This page in every language.
    pub(crate) fn languages(&self) -> Vec<Language> {
        let language = |lang: Lang| Language {
            tag: lang.tag(),
            dir: lang.dir(),
            name: lang.own_name(),
            href: format!("{}{}", lang.base(), self.place.address),
            current: lang == self.t.0,
        };
        Lang::ALL.map(language).into()
    }

    pub(crate) fn navigation(&self) -> Vec<(String, &'static str)> {
        let entry =
            |(path, key): (&str, &'static str)| (format!("{}{path}", self.base()), self.t.s(key));
        let api = ("/api/openapi.json".to_owned(), self.t.s("common.nav-api"));
        NAVIGATION.map(entry).into_iter().chain([api]).collect()
    }

    /// Whether this page belongs to an entry of the navigation.
    pub(crate) fn is_in(&self, entry: &str) -> bool {
        let here = format!("{}{}", self.base(), self.place.address);
        let path = here.split('?').next().unwrap_or_default();
        let home = format!("{}/", self.base());
        if entry == home {
            let below = |part: &str| path.starts_with(&format!("{home}{part}/"));
            return path == home || below("cases") || below("findings") || below("after");
        }
        path == entry || path.starts_with(&format!("{entry}/"))
    }
}
