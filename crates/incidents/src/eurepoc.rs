//! The European Repository of Cyber Incidents' dashboard tables (eurepoc.eu), joined on `ID`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{
    Attribution, BASE_FORMAT, Base, Campaign, Effect, Incident, Initiator, Lag, LagKind, Responses,
    Source, Start, TableReport,
};
use crate::table::{Fields, ImportError, Table};

/// The publisher's short name.
pub const PUBLISHER: &str = "eurepoc";

/// The six tables, by what the publisher calls them.
pub const TABLES: [&str; 6] = [
    "incident_types",
    "initiators",
    "targeted_sectors",
    "attributions_basis",
    "attributions",
    "responses",
];

/// The tables' bytes, in the order of [`TABLES`].
pub type Files<'a> = [&'a [u8]; 6];

/// The column that only this table has, in the order in which a header is asked for them: the first table's columns are in
/// others too.
const MARKS: [(usize, &str); 6] = [
    (1, "initiator_category"),
    (2, "receiver_category"),
    (3, "attribution_basis_clean"),
    (4, "date_difference_ind"),
    (5, "political_response"),
    (0, "incident_type"),
];

/// Which table a text is, as its place in [`TABLES`], told by the columns in its first line; `None` if it is none of them.
#[must_use]
pub fn table_of(beginning: &[u8]) -> Option<usize> {
    let mut reader = csv::ReaderBuilder::new().from_reader(beginning);
    let columns = reader.headers().ok()?;
    let has = |name: &str| columns.iter().any(|column| column == name);
    let found = MARKS.iter().find(|(_, mark)| has(mark));
    found.map(|(table, _)| *table).filter(|_| has("ID"))
}

/// Reads the dataset, whole or not at all.
///
/// # Errors
/// [`ImportError`], naming table, line and reason.
pub fn import(files: &Files<'_>) -> Result<Base, ImportError> {
    let read = |i: usize, columns: &[&'static str]| Table::read(TABLES[i], files[i], columns);
    let mut import = Import::default();
    import.incidents(&read(
        0,
        &[
            "ID",
            "incident_type",
            "weighted_cyber_intensity",
            "start_date",
            "receiver_country",
        ],
    )?)?;
    import.initiators(&read(
        1,
        &[
            "ID",
            "initiator_country",
            "initiator_category",
            "initiator_name",
        ],
    )?)?;
    import.effects(&read(
        2,
        &[
            "ID",
            "receiver_country",
            "receiver_category",
            "receiver_category_subcode",
        ],
    )?)?;
    import.attributions(&read(
        3,
        &[
            "ID",
            "attribution_ID",
            "attribution_date",
            "attribution_basis_clean",
            "initiator_country",
        ],
    )?)?;
    import.lags(&read(
        4,
        &[
            "ID",
            "date_difference_ind",
            "date_difference_pol",
            "date_difference_att",
            "date_difference_third",
            "date_difference_other",
        ],
    )?)?;
    import.responses(&read(
        5,
        &["ID", "political_response", "legal_response", "response"],
    )?)?;
    Ok(import.finish())
}

/// One attribution: its incident's place, its identifier, date and basis.
type Attributed = (usize, Option<String>, Option<String>, Option<String>);

#[derive(Default)]
struct Import {
    base: Base,
    place: BTreeMap<String, usize>,
    attributed: BTreeMap<Attributed, BTreeSet<String>>,
}

impl Import {
    fn at(&self, row: Fields<'_>) -> Result<usize, ImportError> {
        let place = self.place.get(row.get("ID")).copied();
        place.ok_or_else(|| row.unknown_incident())
    }

    fn done(&mut self, table: &Table, kept: usize) {
        self.base.report.tables.push(TableReport {
            table: table.name.clone(),
            rows: table.len(),
            repeats: table.len() - kept,
        });
    }

    fn incidents(&mut self, table: &Table) -> Result<(), ImportError> {
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let id = row
                .stated("ID")
                .ok_or_else(|| row.wrong("ID", "an identifier"))?;
            let start = row.day("start_date")?.map(|day| Start {
                maybe_year_only: day.ends_with("-01-01"),
                day,
            });
            let intensity = row.milli("weighted_cyber_intensity")?;
            let at = *self.place.entry(id.clone()).or_insert_with(|| {
                self.base.incidents.push(Incident {
                    id: id.clone(),
                    start: start.clone(),
                    types: Vec::new(),
                    intensity_milli: intensity,
                    initiators: Vec::new(),
                    receivers: Vec::new(),
                    responses: Responses {
                        political: false,
                        legal: false,
                        any: false,
                    },
                    lags: Vec::new(),
                });
                self.base.incidents.len() - 1
            });
            let incident = &mut self.base.incidents[at];
            if incident.start != start {
                let text = |s: &Option<Start>| s.as_ref().map_or(String::new(), |s| s.day.clone());
                return Err(row.conflict("start_date", text(&incident.start), text(&start)));
            }
            if incident.intensity_milli != intensity {
                let first = format!("{:?}", incident.intensity_milli);
                return Err(row.conflict(
                    "weighted_cyber_intensity",
                    first,
                    format!("{intensity:?}"),
                ));
            }
            incident.types.extend(row.stated("incident_type"));
            incident.receivers.extend(row.known("receiver_country"));
            seen.insert((at, row.get("incident_type"), row.get("receiver_country")));
        }
        for incident in &mut self.base.incidents {
            incident.types.sort();
            incident.types.dedup();
            incident.receivers.sort();
            incident.receivers.dedup();
        }
        self.done(table, seen.len());
        Ok(())
    }

    fn initiators(&mut self, table: &Table) -> Result<(), ImportError> {
        let mut campaigns: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept = 0;
        for row in table.rows() {
            let at = self.at(row)?;
            let initiator = Initiator {
                country: row.known("initiator_country"),
                category: row.stated("initiator_category"),
                name: row.known("initiator_name"),
            };
            let incident = &mut self.base.incidents[at];
            if incident.initiators.contains(&initiator) {
                continue;
            }
            kept += 1;
            if let Some(name) = &initiator.name {
                let list = &mut self.base.campaigns;
                let place = *campaigns.entry(name.clone()).or_insert_with(|| {
                    list.push(Campaign {
                        name: name.clone(),
                        incidents: Vec::new(),
                    });
                    list.len() - 1
                });
                if !list[place].incidents.contains(&incident.id) {
                    list[place].incidents.push(incident.id.clone());
                }
            }
            incident.initiators.push(initiator);
        }
        for incident in &mut self.base.incidents {
            incident.initiators.sort();
        }
        self.done(table, kept);
        Ok(())
    }

    fn effects(&mut self, table: &Table) -> Result<(), ImportError> {
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let at = self.at(row)?;
            seen.insert((
                at,
                row.known("receiver_country"),
                row.known("receiver_category"),
                row.known("receiver_category_subcode"),
            ));
        }
        self.done(table, seen.len());
        for (at, country, category, subcategory) in seen {
            let incident = self.base.incidents[at].id.clone();
            self.base.effects.push(Effect {
                incident,
                country,
                category,
                subcategory,
            });
        }
        Ok(())
    }

    fn attributions(&mut self, table: &Table) -> Result<(), ImportError> {
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let at = self.at(row)?;
            let country = row.known("initiator_country");
            let key = (
                at,
                row.stated("attribution_ID"),
                row.day("attribution_date")?,
                row.known("attribution_basis_clean"),
            );
            seen.insert((key.clone(), country.clone()));
            self.attributed.entry(key).or_default().extend(country);
        }
        self.done(table, seen.len());
        Ok(())
    }

    fn lags(&mut self, table: &Table) -> Result<(), ImportError> {
        let columns: [&'static str; 5] = [
            "date_difference_ind",
            "date_difference_pol",
            "date_difference_att",
            "date_difference_third",
            "date_difference_other",
        ];
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let at = self.at(row)?;
            let mut lags = Vec::new();
            for (kind, column) in LagKind::ALL.into_iter().zip(columns) {
                lags.extend(row.whole(column)?.map(|days| Lag { kind, days }));
            }
            let incident = &mut self.base.incidents[at];
            if seen.insert(at) {
                incident.lags = lags;
            } else if incident.lags != lags {
                let first = format!("{:?}", incident.lags);
                return Err(row.conflict("date_difference", first, format!("{lags:?}")));
            }
        }
        self.done(table, seen.len());
        Ok(())
    }

    fn responses(&mut self, table: &Table) -> Result<(), ImportError> {
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let at = self.at(row)?;
            let responses = Responses {
                political: row.flag("political_response")?,
                legal: row.flag("legal_response")?,
                any: row.flag("response")?,
            };
            let incident = &mut self.base.incidents[at];
            if seen.insert(at) {
                incident.responses = responses;
            } else if incident.responses != responses {
                let first = format!("{:?}", incident.responses);
                return Err(row.conflict("response", first, format!("{responses:?}")));
            }
        }
        self.done(table, seen.len());
        Ok(())
    }

    fn finish(mut self) -> Base {
        for ((at, id, date, basis), countries) in self.attributed {
            self.base.attributions.push(Attribution {
                incident: self.base.incidents[at].id.clone(),
                id,
                date,
                basis,
                countries: countries.into_iter().collect(),
            });
        }
        self.base.format = BASE_FORMAT.to_owned();
        self.base.source = Source {
            publisher: PUBLISHER.to_owned(),
            title: "European Repository of Cyber Incidents".to_owned(),
            home: "eurepoc.eu".to_owned(),
            published: None,
            licence: None,
        };
        self.base
    }
}
