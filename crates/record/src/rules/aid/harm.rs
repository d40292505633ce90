//! Rules of counts of harm: over many, of nobody.

use super::super::{Ask, refuse};
use crate::body::aid::{HarmCount, MAX_HARM_ROWS};
use crate::refusal::{Code, Refusal};

impl Ask<'_> {
    pub(super) fn check_harm(&self, h: &HarmCount) -> Result<(), Refusal> {
        if h.from >= h.until || h.until > self.time {
            let (from, until, now) = (h.from, h.until, self.time);
            let detail = format!("from {from} until {until}; a time that is over at {now}");
            return refuse(Code::AidHarm, detail);
        }
        let counted = self.state.aid.harm_counted_until;
        if let Some(before) = counted.filter(|before| h.from < *before) {
            let detail = format!(
                "harm told before {before} is counted; what is counted twice tells of the difference"
            );
            return refuse(Code::AidHarm, detail);
        }
        let told = self.state.aid.harm_told(h.from, h.until);
        if u64::from(h.records) > told {
            let detail = format!(
                "{} records; {told} requests told harm then and let lessons be published",
                h.records
            );
            return refuse(Code::AidHarm, detail);
        }
        if h.rows.len() > MAX_HARM_ROWS {
            let detail = format!("{} rows; at most {MAX_HARM_ROWS}", h.rows.len());
            return refuse(Code::AidHarm, detail);
        }
        aid::check_rows(&h.rows, h.records.into()).or_else(|e| refuse(Code::AidHarm, e.to_string()))
    }
}
