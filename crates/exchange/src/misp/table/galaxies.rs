//! Galaxies.

/// Which type of STIX a galaxy's clusters are; a galaxy that is not here becomes `x-misp-galaxy-cluster`.
pub(in crate::misp) const GALAXIES: &[(&str, &str)] = &[
    ("threat-actor", "threat-actor"),
    ("mitre-intrusion-set", "intrusion-set"),
    ("mitre-enterprise-attack-intrusion-set", "intrusion-set"),
    ("mitre-mobile-attack-intrusion-set", "intrusion-set"),
    ("microsoft-activity-group", "intrusion-set"),
    ("360net-threat-actor", "intrusion-set"),
    ("mitre-attack-pattern", "attack-pattern"),
    ("mitre-enterprise-attack-attack-pattern", "attack-pattern"),
    ("mitre-mobile-attack-attack-pattern", "attack-pattern"),
    ("mitre-malware", "malware"),
    ("mitre-enterprise-attack-malware", "malware"),
    ("mitre-mobile-attack-malware", "malware"),
    ("malpedia", "malware"),
    ("ransomware", "malware"),
    ("backdoor", "malware"),
    ("banker", "malware"),
    ("botnet", "malware"),
    ("rat", "malware"),
    ("stealer", "malware"),
    ("android", "malware"),
    ("exploit-kit", "tool"),
    ("tool", "tool"),
    ("mitre-tool", "tool"),
    ("mitre-enterprise-attack-tool", "tool"),
    ("tds", "tool"),
    ("mitre-course-of-action", "course-of-action"),
    ("preventive-measure", "course-of-action"),
    ("branded-vulnerability", "vulnerability"),
    ("sector", "identity"),
    ("country", "location"),
    ("region", "location"),
];

/// The galaxy that objects of these types become clusters of when no label says otherwise, with the prefix misp-stix uses.
pub(in crate::misp) const CLUSTERED: &[(&str, &str, &str)] = &[
    (
        "attack-pattern",
        "stix-2.1-attack-pattern",
        "Attack Pattern",
    ),
    ("campaign", "stix-2.1-campaign", "Campaign"),
    (
        "course-of-action",
        "stix-2.1-course-of-action",
        "Course of Action",
    ),
    (
        "infrastructure",
        "stix-2.1-infrastructure",
        "Infrastructure",
    ),
    ("intrusion-set", "stix-2.1-intrusion-set", "Intrusion Set"),
    ("location", "stix-2.1-location", "Location"),
    ("malware", "stix-2.1-malware", "Malware"),
    ("threat-actor", "stix-2.1-threat-actor", "Threat Actor"),
    ("tool", "stix-2.1-tool", "Tool"),
];

/// The type of STIX that clusters of a galaxy become.
pub(in crate::misp) fn cluster_type(galaxy: &str) -> &'static str {
    if let Some((_, kind)) = GALAXIES.iter().find(|(name, _)| *name == galaxy) {
        return kind;
    }
    let stix = CLUSTERED.iter().find(|(_, name, _)| *name == galaxy);
    stix.map_or("x-misp-galaxy-cluster", |(kind, ..)| kind)
}
