//! Reading a coding: every fault with its place, and nothing kept where there is one.

use std::collections::BTreeSet;
use std::fmt;

use crate::coding::{CODING_FORMAT, Coding, Harm, ReceiverCategory};

/// Largest coding file, in bytes (1 MiB).
pub const MAX_CODING_BYTES: usize = 1 << 20;
/// Longest identifier, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// One fault: where in the file, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct CodingFault {
    /// A path such as `attributions[0].country`; `file` for the whole.
    pub place: String,
    /// What is wrong, and what is expected.
    pub reason: String,
}

/// All faults of a coding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CodingFaults(pub Vec<CodingFault>);

impl fmt::Display for CodingFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl Coding {
    /// Reads a coding; `is_state` says whether a code is one of ISO 3166-1.
    ///
    /// # Errors
    /// [`CodingFaults`]: every fault of a readable file, or the one that makes it unreadable.
    pub fn read(bytes: &[u8], is_state: impl Fn(&str) -> bool) -> Result<Self, CodingFaults> {
        let whole = |reason: String| {
            CodingFaults(vec![CodingFault {
                place: "file".to_owned(),
                reason,
            }])
        };
        if bytes.len() > MAX_CODING_BYTES {
            let text = format!("{} bytes; at most {MAX_CODING_BYTES} are read", bytes.len());
            return Err(whole(text));
        }
        let coding: Self = serde_json::from_slice(bytes).map_err(|e| whole(e.to_string()))?;
        let mut check = Check {
            faults: Vec::new(),
            is_state: &is_state,
        };
        check.coding(&coding);
        if check.faults.is_empty() {
            Ok(coding)
        } else {
            Err(CodingFaults(check.faults))
        }
    }
}

struct Check<'a> {
    faults: Vec<CodingFault>,
    is_state: &'a dyn Fn(&str) -> bool,
}

impl Check<'_> {
    fn fault(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.faults.push(CodingFault {
            place: place.into(),
            reason: reason.into(),
        });
    }

    fn coding(&mut self, coding: &Coding) {
        if coding.format != CODING_FORMAT {
            let text = format!(
                "is {:?}, this program reads {CODING_FORMAT:?}",
                coding.format
            );
            self.fault("format", text);
        }
        self.identifier("id", &coding.id);
        self.identifier("inclusion_rule", &coding.inclusion_rule);
        self.filled("title", &coding.title);
        self.filled("coder", &coding.coder);
        if let Some(campaign) = &coding.campaign {
            self.filled("campaign", campaign);
        }
        if coding.types.is_empty() {
            self.fault("types", "is empty: say at least one thing that was done");
        }
        let distinct: BTreeSet<_> = coding.types.iter().collect();
        if distinct.len() != coding.types.len() {
            self.fault("types", "names a type twice");
        }
        if let (Some(start), Some(end)) = (&coding.start, &coding.end)
            && end.surely_before(start)
        {
            self.fault("end", format!("{end} lies before the start, {start}"));
        }
        self.initiators(coding);
        self.receivers(coding);
        self.said(coding);
    }

    fn initiators(&mut self, coding: &Coding) {
        if coding.initiators.is_empty() {
            self.fault(
                "initiators",
                "is empty: where nobody knows, the category is `unknown`",
            );
        }
        for (n, initiator) in coding.initiators.iter().enumerate() {
            self.country(
                &format!("initiators[{n}].country"),
                initiator.country.as_deref(),
            );
            if let Some(name) = &initiator.name {
                self.filled(&format!("initiators[{n}].name"), name);
            }
        }
    }

    fn receivers(&mut self, coding: &Coding) {
        if coding.receivers.is_empty() {
            self.fault(
                "receivers",
                "is empty: where nobody knows, the category is `unknown`",
            );
        }
        for (n, receiver) in coding.receivers.iter().enumerate() {
            self.country(
                &format!("receivers[{n}].country"),
                receiver.country.as_deref(),
            );
            let critical = receiver.category == ReceiverCategory::CriticalInfrastructure;
            if critical != receiver.sub_code.is_some() {
                let text = "stands exactly with the category critical-infrastructure";
                self.fault(format!("receivers[{n}].sub_code"), text);
            }
            for (m, harm) in receiver.harm.iter().enumerate() {
                self.harm(&format!("receivers[{n}].harm[{m}]"), harm);
            }
        }
    }

    fn harm(&mut self, place: &str, harm: &Harm) {
        if harm.low > harm.high {
            let text = format!("the range {} to {} is upside down", harm.low, harm.high);
            self.fault(place, text);
        } else if harm
            .estimate
            .is_some_and(|e| !(harm.low..=harm.high).contains(&e))
        {
            let text = format!("lies outside the range {} to {}", harm.low, harm.high);
            self.fault(format!("{place}.estimate"), text);
        }
        self.filled(&format!("{place}.source"), &harm.source);
    }

    /// Attributions and responses.
    fn said(&mut self, coding: &Coding) {
        let early = |date: &crate::CodedDate| {
            let start = coding.start.as_ref();
            start.filter(|start| date.surely_before(start)).cloned()
        };
        for (n, attribution) in coding.attributions.iter().enumerate() {
            let place = format!("attributions[{n}]");
            self.country(&format!("{place}.country"), attribution.country.as_deref());
            self.filled(&format!("{place}.by"), &attribution.by);
            self.filled(&format!("{place}.source"), &attribution.source);
            if let Some(start) = early(&attribution.date) {
                let text = format!("{} lies before the start, {start}", attribution.date);
                self.fault(format!("{place}.date"), text);
            }
            if attribution.country.is_none() && attribution.actor.is_none() {
                self.fault(place, "names neither an actor nor a country");
            }
        }
        for (n, response) in coding.responses.iter().enumerate() {
            let place = format!("responses[{n}]");
            // Two capital letters mean a state; anything else is an organisation's name.
            let code =
                response.by.len() == 2 && response.by.bytes().all(|b| b.is_ascii_uppercase());
            if code && response.by != "EU" && response.by != "UN" {
                self.country(&format!("{place}.by"), Some(&response.by));
            }
            self.filled(&format!("{place}.by"), &response.by);
            self.filled(&format!("{place}.source"), &response.source);
            if let Some(start) = early(&response.date) {
                let text = format!("{} lies before the start, {start}", response.date);
                self.fault(format!("{place}.date"), text);
            }
        }
    }

    fn filled(&mut self, place: &str, text: &str) {
        if text.trim().is_empty() {
            self.fault(place, "is empty");
        }
    }

    fn identifier(&mut self, place: &str, id: &str) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || id.len() > MAX_ID_BYTES || !id.bytes().all(plain) {
            let text = format!("{id:?} is not 1 to {MAX_ID_BYTES} of a-z, 0-9 and -");
            self.fault(place, text);
        }
    }

    fn country(&mut self, place: &str, code: Option<&str>) {
        if let Some(code) = code.filter(|code| !(self.is_state)(code)) {
            self.fault(place, format!("{code:?} is no code of ISO 3166-1"));
        }
    }
}
