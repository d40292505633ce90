//! What is asked of a collection, turned into SQL whose cost does not grow with the collection.
//!
//! Every alternative of type and of first/last is a range of an index that is ordered by `added`; each gives at most a
//! page, and the page is the earliest of all of them. So superseded versions and other types cost nothing.

use super::ends::{EITHER, FIRST, LAST};

/// The table of versions.
const VERSIONS: &str = "versions";
/// The table of those that became first or last again ([`super::ends`]).
const AGAIN: &str = "again";

/// Which versions are asked for; several hold as alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The earliest of each object.
    pub first: bool,
    /// The latest of each object.
    pub last: bool,
    /// All of them.
    pub all: bool,
    /// Those of these moments ([`super::time::version_key`]).
    pub exact: Vec<String>,
}

impl Versions {
    /// The latest of each object: what is given unless something else is asked for.
    #[must_use]
    pub fn last() -> Self {
        Self {
            last: true,
            ..Self::default()
        }
    }

    /// All versions.
    #[must_use]
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// Marks of the rows asked for, as [`super::add::Range::edge`] gives them.
    fn edges(&self) -> Vec<i64> {
        let wanted =
            |edge: i64| self.all || (self.first && edge & 1 != 0) || (self.last && edge & 2 != 0);
        (0..4).filter(|edge| wanted(*edge)).collect()
    }

    /// Mark of the rows of `again` that are asked for; none if what became an end later is not told apart.
    fn again(&self) -> Option<i64> {
        match (self.all, self.first, self.last) {
            (true, ..) | (_, false, false) => None,
            (_, true, true) => Some(EITHER),
            (_, true, false) => Some(FIRST),
            (_, false, true) => Some(LAST),
        }
    }

    /// Whether a version of this mark and moment is asked for.
    pub(super) fn wants(&self, edge: i64, key: &str) -> bool {
        self.edges().contains(&edge) || self.exact.iter().any(|exact| exact == key)
    }
}

/// A question about a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Only what was added later, in microseconds since 1970.
    pub after: i64,
    /// Most objects of the page; at least 1.
    pub limit: usize,
    /// Only these identifiers, if there are any.
    pub ids: Vec<String>,
    /// Only these types, if there are any.
    pub kinds: Vec<String>,
    /// Which versions.
    pub versions: Versions,
    /// Only these versions of STIX, if there are any.
    pub specs: Vec<String>,
}

impl Asked {
    /// The first objects of a collection, each in its latest version.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Self {
            after: 0,
            limit,
            ids: Vec::new(),
            kinds: Vec::new(),
            versions: Versions::last(),
            specs: Vec::new(),
        }
    }
}

/// A parameter of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Int(i64),
    Text(String),
}

/// SQL with its parameters.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) arguments: Vec<Argument>,
}

impl Query {
    fn int(&mut self, text: &str, value: i64) {
        self.text += text;
        self.arguments.push(Argument::Int(value));
    }

    fn text(&mut self, text: &str, value: &str) {
        self.text += text;
        self.arguments.push(Argument::Text(value.to_owned()));
    }

    /// Those of these identifiers.
    fn ids(&mut self, ids: &[String]) {
        self.list(" AND id IN", ids);
    }

    /// A condition on one of several values; none if there are none. The plus keeps SQLite from choosing another index.
    fn among(&mut self, column: &str, values: &[String]) {
        if !values.is_empty() {
            self.list(&format!(" AND +{column} IN"), values);
        }
    }

    /// The contrary of it.
    fn among_not(&mut self, column: &str, values: &[String]) {
        if !values.is_empty() {
            self.list(&format!(" AND +{column} NOT IN"), values);
        }
    }

    fn list(&mut self, text: &str, values: &[String]) {
        let marks = vec!["?"; values.len()].join(", ");
        self.text += &format!("{text} ({marks})");
        let values = values.iter().cloned().map(Argument::Text);
        self.arguments.extend(values);
    }
}

/// The rows of the page and one more, `(seq, added, size)`: a text to select from.
///
/// The limit is written out. As a parameter it would let SQLite plan the question anew each time, since a plan may hang on a
/// limit; that is a third of what a page costs.
pub(super) fn picked(collection: i64, asked: &Asked, specs: &[String]) -> Query {
    let mut query = Query::default();
    let most = i64::try_from(asked.limit).unwrap_or(i64::MAX - 1) + 1;
    let mut branches = 0;
    let mut branch = |query: &mut Query, table: &str, condition: &dyn Fn(&mut Query)| {
        if branches > 0 {
            // One row may answer two alternatives only where moments are asked for.
            let union = if asked.versions.exact.is_empty() {
                " UNION ALL "
            } else {
                " UNION "
            };
            query.text += union;
        }
        branches += 1;
        query.int(
            &format!("SELECT * FROM (SELECT seq, added, size FROM {table} WHERE collection = ?"),
            collection,
        );
        condition(query);
        query.among("spec", specs);
        query.int(" AND added > ?", asked.after);
        query.text += &format!(" ORDER BY added LIMIT {most})");
    };
    let edges = asked.versions.edges();
    if let Some(mark) = asked.versions.again() {
        again(&mut query, &mut branch, asked, mark);
    }
    if !asked.ids.is_empty() {
        branch(&mut query, VERSIONS, &|query| of_ids(query, asked, &edges));
    } else {
        for edge in &edges {
            if asked.kinds.is_empty() {
                branch(&mut query, VERSIONS, &|query| {
                    query.int(" AND edge = ?", *edge)
                });
            }
            for kind in &asked.kinds {
                branch(&mut query, VERSIONS, &|query| {
                    query.text(" AND kind = ?", kind);
                    query.int(" AND edge = ?", *edge);
                });
            }
        }
        for exact in &asked.versions.exact {
            branch(&mut query, VERSIONS, &|query| {
                query.text(" AND version = ?", exact);
                query.among("kind", &asked.kinds);
            });
        }
    }
    query.text = format!(
        "SELECT seq, added, size FROM ({}) ORDER BY added LIMIT {most}",
        query.text
    );
    query
}

/// Writes a branch of a query: its table, and what narrows it.
type Branch<'a> = dyn FnMut(&mut Query, &str, &dyn Fn(&mut Query)) + 'a;

/// What became first or last again, in its later place. A version that is asked for by its moment too is given in its first
/// place alone.
fn again(query: &mut Query, branch: &mut Branch<'_>, asked: &Asked, mark: i64) {
    if !asked.ids.is_empty() {
        return branch(query, AGAIN, &|query| {
            query.ids(&asked.ids);
            query.among("kind", &asked.kinds);
            query.int(" AND +mark = ?", mark);
            query.among_not("version", &asked.versions.exact);
        });
    }
    if asked.kinds.is_empty() {
        branch(query, AGAIN, &|query| {
            query.int(" AND mark = ?", mark);
            query.among_not("version", &asked.versions.exact);
        });
    }
    for kind in &asked.kinds {
        branch(query, AGAIN, &|query| {
            query.text(" AND kind = ?", kind);
            query.int(" AND mark = ?", mark);
            query.among_not("version", &asked.versions.exact);
        });
    }
}

/// Few rows, found by identifier; the rest is looked at one by one.
fn of_ids(query: &mut Query, asked: &Asked, edges: &[i64]) {
    query.ids(&asked.ids);
    query.among("kind", &asked.kinds);
    let mut alternatives = Vec::new();
    if !edges.is_empty() {
        let edges: Vec<String> = edges.iter().map(ToString::to_string).collect();
        alternatives.push(format!("+edge IN ({})", edges.join(", ")));
    }
    let exact = &asked.versions.exact;
    if !exact.is_empty() {
        let marks = vec!["?"; exact.len()].join(", ");
        alternatives.push(format!("+version IN ({marks})"));
        query
            .arguments
            .extend(exact.iter().cloned().map(Argument::Text));
    }
    query.text += &format!(" AND ({})", alternatives.join(" OR "));
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

    use super::{Argument, Asked, Versions, picked};
    use crate::taxii::sql;

    /// How SQLite goes about a question, without statistics, as in a file that just grew.
    async fn plan(asked: &Asked, specs: &[String]) -> Vec<String> {
        let mut connection = SqliteConnection::connect(":memory:").await.unwrap();
        for text in sql::CREATE {
            sqlx::query(*text).execute(&mut connection).await.unwrap();
        }
        let query = picked(1, asked, specs);
        let text = format!("EXPLAIN QUERY PLAN {}", query.text);
        let mut explained = sqlx::query(AssertSqlSafe(text));
        for argument in query.arguments {
            explained = match argument {
                Argument::Int(value) => explained.bind(value),
                Argument::Text(value) => explained.bind(value),
            };
        }
        let rows = explained.fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(3)).collect()
    }

    const BY_EDGE: &str = "versions_by_edge (collection=? AND edge=? AND added>?)";
    const BY_KIND: &str = "versions_by_kind (collection=? AND kind=? AND edge=? AND added>?)";
    const BY_VERSION: &str = "versions_by_version (collection=? AND version=? AND added>?)";
    const BY_ID: &str = "versions_by_id (collection=? AND id=?)";

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    /// Questions with the index that has to serve them.
    fn questions() -> [(Asked, &'static str); 6] {
        let base = Asked {
            after: 5,
            ..Asked::first(100)
        };
        let exact = Versions {
            exact: texts(&["2020-01-01T00:00:00", "2021"]),
            ..Versions::last()
        };
        let of = |versions: &Versions, kinds: &[&str], ids: &[&str]| Asked {
            versions: versions.clone(),
            kinds: texts(kinds),
            ids: texts(ids),
            ..base.clone()
        };
        [
            (base.clone(), BY_EDGE),
            (of(&Versions::all(), &[], &[]), BY_EDGE),
            (of(&Versions::last(), &["tool", "malware"], &[]), BY_KIND),
            (of(&exact, &[], &[]), BY_VERSION),
            (of(&exact, &["tool"], &[]), BY_VERSION),
            (of(&exact, &["tool"], &["tool--1"]), BY_ID),
        ]
    }

    /// A page is read from the place where it begins and no further than its end: never a scan of the table, never a
    /// sorting of more than a page of each alternative.
    #[tokio::test]
    async fn the_cost_of_a_page_does_not_grow_with_the_collection() {
        for (asked, wanted) in questions() {
            for specs in [texts(&[]), texts(&["2.1"])] {
                let query = picked(1, &asked, &specs);
                assert!(
                    !query.text.contains("LIMIT ?"),
                    "a limit that is bound makes SQLite plan anew each time"
                );
                let plan = plan(&asked, &specs).await;
                let searches: Vec<_> = plan
                    .iter()
                    .filter(|step| step.contains("versions"))
                    .collect();
                let search = |step: &&String| step.starts_with("SEARCH versions USING");
                assert!(searches.iter().all(search), "{plan:#?}");
                let again: Vec<_> = plan.iter().filter(|step| step.contains("again")).collect();
                assert_eq!(again.is_empty(), asked.versions.all, "{plan:#?}");
                let wanted_again = match wanted {
                    BY_KIND => "again_by_kind (collection=? AND kind=? AND mark=? AND added>?)",
                    BY_ID => "again_by_id (collection=? AND id=?)",
                    _ if asked.kinds.is_empty() => {
                        "again_by_mark (collection=? AND mark=? AND added>?)"
                    }
                    _ => "again_by_kind (collection=? AND kind=? AND mark=? AND added>?)",
                };
                assert!(
                    again.iter().all(|step| step.contains(wanted_again)),
                    "{wanted_again}: {plan:#?}"
                );
                assert!(
                    searches.iter().any(|step| step.contains(wanted)),
                    "{wanted}: {plan:#?}"
                );
                // What is sorted is what the alternatives give, each cut to a page; few rows where identifiers are given.
                let sorts = |pair: &[String]| {
                    !pair[1].contains("B-TREE FOR ORDER BY") || pair[0].starts_with("SCAN")
                };
                assert!(
                    plan.windows(2).all(sorts) || !asked.ids.is_empty(),
                    "{plan:#?}"
                );
            }
        }
    }
}
