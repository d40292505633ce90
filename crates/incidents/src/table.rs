//! One CSV table: named columns, rows with their line numbers, errors that say where.

use csv::StringRecord;

/// Largest table read, bytes.
pub const MAX_TABLE_BYTES: usize = 256 * 1024 * 1024;

/// Why a dataset was not imported. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// A table is larger than [`MAX_TABLE_BYTES`].
    #[error("{table} has {bytes} bytes; the most is {MAX_TABLE_BYTES}")]
    TooLarge {
        /// The table.
        table: String,
        /// Its size.
        bytes: usize,
    },
    /// The CSV itself is broken.
    #[error("{table}: {problem}")]
    Csv {
        /// The table.
        table: String,
        /// What the reader says, with line and byte.
        problem: String,
    },
    /// A column is missing.
    #[error("{table} has no column {column}; it has {present}")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: &'static str,
        /// What is there.
        present: String,
    },
    /// A field does not hold what its column is for.
    #[error("{table}, line {line}: {column} is {value:?}, not {expected}")]
    Field {
        /// The table.
        table: String,
        /// Line in the file, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// One incident has two values where one is meant.
    #[error("{table}, line {line}: incident {id} has {column} {second:?}, and {first:?} elsewhere")]
    Conflict {
        /// The table.
        table: String,
        /// Line in the file, from 1.
        line: u64,
        /// The incident.
        id: String,
        /// The column.
        column: &'static str,
        /// The value before.
        first: String,
        /// The value here.
        second: String,
    },
    /// A row speaks of an incident that the table of incidents does not have.
    #[error("{table}, line {line}: incident {id} is not in incident_types")]
    UnknownIncident {
        /// The table.
        table: String,
        /// Line in the file, from 1.
        line: u64,
        /// The incident.
        id: String,
    },
}

/// A table with the columns asked for, in the order asked for.
pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<(&'static str, usize)>,
    rows: Vec<StringRecord>,
}

/// A row of a [`Table`].
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    table: &'a Table,
    record: &'a StringRecord,
}

impl Table {
    pub(crate) fn read(
        name: &str,
        bytes: &[u8],
        columns: &[&'static str],
    ) -> Result<Self, ImportError> {
        if bytes.len() > MAX_TABLE_BYTES {
            return Err(ImportError::TooLarge {
                table: name.to_owned(),
                bytes: bytes.len(),
            });
        }
        let broken = |e: csv::Error| ImportError::Csv {
            table: name.to_owned(),
            problem: e.to_string(),
        };
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let headers = reader.headers().map_err(broken)?.clone();
        let mut found = Vec::with_capacity(columns.len());
        for column in columns {
            let at = headers.iter().position(|h| h == *column);
            let at = at.ok_or_else(|| ImportError::Column {
                table: name.to_owned(),
                column,
                present: headers.iter().collect::<Vec<_>>().join(", "),
            })?;
            found.push((*column, at));
        }
        let rows = reader.records().collect::<Result<_, _>>().map_err(broken)?;
        Ok(Self {
            name: name.to_owned(),
            columns: found,
            rows,
        })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Fields<'_>> {
        self.rows.iter().map(|record| Fields {
            table: self,
            record,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl<'a> Fields<'a> {
    /// The field of a column that was asked for, without surrounding space.
    pub(crate) fn get(self, column: &'static str) -> &'a str {
        let at = self.table.columns.iter().find(|(name, _)| *name == column);
        at.and_then(|(_, at)| self.record.get(*at))
            .unwrap_or("")
            .trim()
    }

    /// As [`Self::get`]; nothing where it is blank.
    pub(crate) fn stated(self, column: &'static str) -> Option<String> {
        Some(self.get(column))
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
    }

    /// Nothing where it is blank or one of the publisher's words for "not known".
    pub(crate) fn known(self, column: &'static str) -> Option<String> {
        self.stated(column)
            .filter(|v| !matches!(v.as_str(), "Unknown" | "Not available" | "nan"))
    }

    pub(crate) fn line(self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    pub(crate) fn wrong(self, column: &'static str, expected: &'static str) -> ImportError {
        ImportError::Field {
            table: self.table.name.clone(),
            line: self.line(),
            column,
            value: self.get(column).to_owned(),
            expected,
        }
    }

    pub(crate) fn conflict(
        self,
        column: &'static str,
        first: impl ToString,
        second: impl ToString,
    ) -> ImportError {
        ImportError::Conflict {
            table: self.table.name.clone(),
            line: self.line(),
            id: self.get("ID").to_owned(),
            column,
            first: first.to_string(),
            second: second.to_string(),
        }
    }

    pub(crate) fn unknown_incident(self) -> ImportError {
        ImportError::UnknownIncident {
            table: self.table.name.clone(),
            line: self.line(),
            id: self.get("ID").to_owned(),
        }
    }

    /// A day `YYYY-MM-DD`; nothing where blank.
    pub(crate) fn day(self, column: &'static str) -> Result<Option<String>, ImportError> {
        let Some(text) = self.stated(column) else {
            return Ok(None);
        };
        if crate::date::is_day(&text) {
            Ok(Some(text))
        } else {
            Err(self.wrong(column, "a day YYYY-MM-DD"))
        }
    }

    /// `0` or `1`.
    pub(crate) fn flag(self, column: &'static str) -> Result<bool, ImportError> {
        match self.get(column) {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(self.wrong(column, "0 or 1")),
        }
    }

    /// A whole number; nothing where blank.
    pub(crate) fn whole(self, column: &'static str) -> Result<Option<i64>, ImportError> {
        match self.get(column) {
            "" => Ok(None),
            text => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(self.wrong(column, "a whole number")),
            },
        }
    }

    /// A decimal with at most three digits after the point, in thousandths; nothing where blank.
    pub(crate) fn milli(self, column: &'static str) -> Result<Option<u32>, ImportError> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || self.wrong(column, "a decimal of at most three places");
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let whole: u32 = whole.parse().map_err(|_| wrong())?;
        let part: u32 = format!("{part:0<3}").parse().map_err(|_| wrong())?;
        let value = whole.checked_mul(1000).and_then(|w| w.checked_add(part));
        value.map(Some).ok_or_else(wrong)
    }
}
