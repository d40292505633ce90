//! Every address of a copy: all that pages link, and the log itself.

use record::state::{State, is_public};
use store::Record;
use store::views::Sought;
use tlog::{entry_bundles_to_write, tiles_to_write};

use super::SiteError;
use crate::limits::REGISTER_ROWS;
use crate::pages::foreign_path;
use crate::rules_data::shipped;
use crate::text::Lang;

/// Pages that every record has, in every language.
const PAGES: [&str; 16] = [
    "/",
    "/norms",
    "/states",
    "/incidents",
    "/rules",
    "/independence",
    "/log",
    "/words",
    "/verify",
    "/desk",
    "/aid",
    "/aid/status",
    "/aid/desk",
    "/aid/figures",
    "/aid/first",
    "/feed.atom",
];
/// Files that every record has, in no language.
const FILES: [&str; 10] = [
    "/style.css",
    "/icon.svg",
    "/checkpoint",
    "/trust",
    "/api/openapi.json",
    "/cases.json",
    "/norms.json",
    "/states.json",
    "/rules.json",
    "/independence.json",
];

pub(super) async fn addresses(record: &Record) -> Result<Vec<String>, SiteError> {
    let mut pages: Vec<String> = PAGES.map(str::to_owned).into();
    let mut files: Vec<String> = FILES.map(str::to_owned).into();
    {
        let state = record.state();
        of_state(&state, &mut pages, &mut files);
    }
    if let Ok(shipped) = shipped() {
        for state in shipped.reference.states.iter() {
            pages.push(format!("/states/{}", state.code));
            files.push(format!("/states/{}.json", state.code));
        }
    }
    pages.extend(later_pages(record).await?);
    files.extend(crate::assets::addresses());
    // Only what the vault holds: a text that is public but not here is no file of a copy.
    let held = |address: &String| match address.strip_prefix("/api/v1/exhibits/") {
        Some(hash) => hash
            .parse()
            .is_ok_and(|hash| record.vault().contains(&hash).unwrap_or(true)),
        None => true,
    };
    files.retain(held);
    files.extend(tiles(record.size()));
    let pages = Lang::ALL
        .iter()
        .flat_map(|lang| pages.iter().map(|page| format!("{}{page}", lang.base())));
    Ok(files.into_iter().chain(pages).collect())
}

fn of_state(state: &State, pages: &mut Vec<String>, files: &mut Vec<String>) {
    for case in state.cases.values() {
        pages.push(format!("/cases/{}", case.id));
        files.push(format!("/cases/{}.json", case.id));
        for finding in &case.findings {
            let path = format!("/findings/{}", finding.statement);
            files.extend([".json", ".bundle"].map(|ending| format!("{path}{ending}")));
            pages.extend([format!("{path}.svg"), path]);
        }
        let public = case.exhibits.values().filter(|e| is_public(state, case, e));
        files.extend(public.map(|e| format!("/api/v1/exhibits/{}", e.body.sha256)));
    }
    let rules = state.global.selection_rules.iter();
    files.extend(rules.map(|rule| format!("/api/v1/exhibits/{}", rule.sha256)));
    for entry in state.global.law.corpus().entries() {
        let id = foreign_path(&entry.norm.id);
        pages.push(format!("/norms/{id}"));
        files.push(format!("/norms/{id}.json"));
    }
    files.sort();
    files.dedup(); // one exhibit may stand in two cases
}

/// The pages of the register after the first.
async fn later_pages(record: &Record) -> Result<Vec<String>, SiteError> {
    let views = record.views();
    views.wait_for(record.size()).await?;
    let limit = u32::try_from(REGISTER_ROWS + 1).unwrap_or(u32::MAX);
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let rows = views.register(&Sought::default(), after, limit).await?;
        let Some(last) = rows
            .get(REGISTER_ROWS - 1)
            .filter(|_| rows.len() > REGISTER_ROWS)
        else {
            return Ok(pages);
        };
        after = Some(last.moved);
        pages.push(format!("/after/{}", last.moved));
    }
}

/// The tiles and entry bundles of a log of this size (C2SP tlog-tiles).
fn tiles(size: u64) -> Vec<String> {
    let bundles = entry_bundles_to_write(0, size);
    let bundles = bundles.iter().map(|id| format!("/{}", id.path()));
    tiles_to_write(0, size)
        .iter()
        .map(|id| format!("/{}", id.path()))
        .chain(bundles)
        .collect()
}
