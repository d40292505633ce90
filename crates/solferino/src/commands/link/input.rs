//! What holds cases: a file, or a collection of claims by others that a record keeps for TAXII.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use exchange::stix::{Object, Reader};
use store::taxii::{Asked, Collection, Kind, Taxii};

use super::bundles;
use crate::commands::taxii::{Open, open};
use crate::problem::{Outcome, Problem};

/// Objects that are read from a collection at a time.
const AT_ONCE: usize = 1_000;

/// What holds cases.
pub(super) enum Input<'a> {
    File(&'a Path),
    Claims(&'a Open, Collection),
}

/// A record whose claims are read, opened once.
pub(super) struct Records(Vec<Open>);

impl Records {
    /// Opens those of the paths that are folders.
    pub(super) fn among(paths: &[PathBuf]) -> Outcome<Self> {
        let folders = paths.iter().filter(|path| path.is_dir());
        Ok(Self(
            folders.map(|path| open(path)).collect::<Outcome<_>>()?,
        ))
    }

    /// Every file, and every collection of claims of every folder, in the order given.
    pub(super) fn inputs<'a>(&'a self, paths: &'a [PathBuf]) -> Outcome<Vec<Input<'a>>> {
        let (mut inputs, mut opened) = (Vec::new(), self.0.iter());
        for path in paths {
            match path.is_dir().then(|| opened.next()).flatten() {
                None => inputs.push(Input::File(path)),
                Some(record) => {
                    let claims = claims(record)?;
                    if claims.is_empty() {
                        let text = format!("{}: no claims by others in it", path.display());
                        return Err(Problem::new(text)
                            .hint("`solferino taxii pull` and `taxii load` bring some"));
                    }
                    let claims = claims.into_iter();
                    inputs.extend(claims.map(|one| Input::Claims(record, one)));
                }
            }
        }
        Ok(inputs)
    }
}

/// The collections of a record that hold claims by others, but for empty ones.
fn claims(record: &Open) -> Outcome<Vec<Collection>> {
    record.runtime.block_on(async {
        let mut held = Vec::new();
        for one in record.store.collections().await? {
            let by_others = matches!(one.kind, Kind::Claims | Kind::Pulled);
            if by_others && record.store.count(&one).await? > 0 {
                held.push(one);
            }
        }
        Ok(held)
    })
}

impl Input<'_> {
    /// What it is called as a case: the file's name without the folder, or the alias of the collection.
    pub(super) fn name(&self) -> Outcome<String> {
        match self {
            Self::File(path) => bundles::case_name(path),
            Self::Claims(_, collection) => Ok(collection.alias.clone()),
        }
    }

    /// Hands over every STIX object, with where it is claimed to be from if it is a claim.
    pub(super) fn each(
        &self,
        mut give: impl FnMut(Option<&str>, &Object) -> Outcome<()>,
    ) -> Outcome<()> {
        match self {
            Self::File(path) => bundles::each(path, give),
            Self::Claims(record, collection) => {
                let mut given = |object: &Object| give(Some(&collection.alias), object);
                record
                    .runtime
                    .block_on(walk(&record.store, collection, &mut given))
            }
        }
    }
}

/// Every object of a collection in its latest version, page by page.
async fn walk(
    store: &Taxii,
    collection: &Collection,
    give: &mut impl FnMut(&Object) -> Outcome<()>,
) -> Outcome<()> {
    let mut asked = Asked::first(AT_ONCE);
    loop {
        let page = store.page(collection, &asked).await?;
        let envelope = [b"{\"objects\":[", &page.content[..], b"]}"].concat();
        for object in Reader::bundle(envelope.as_slice()) {
            let object = object.map_err(|e| Problem::from(e).of(&collection.alias))?;
            give(&object)?;
        }
        if !page.more {
            return Ok(());
        }
        asked.after = page.last;
    }
}

/// The names of inputs that are cases, each once.
pub(super) fn names(inputs: &[Input<'_>]) -> Outcome<Vec<String>> {
    let mut names = BTreeSet::new();
    inputs
        .iter()
        .map(|input| {
            let name = input.name()?;
            if !names.insert(name.clone()) {
                let problem = format!("two of the files are called {name}");
                let hint = "cases are named after files; rename one, or give --by report";
                return Err(Problem::new(problem).hint(hint));
            }
            Ok(name)
        })
        .collect()
}
