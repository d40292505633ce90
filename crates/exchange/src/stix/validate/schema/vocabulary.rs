//! Open vocabularies (STIX 2.1, section 10, with the values that Errata 01 adds). A value outside one breaks a SHOULD.

/// A named list of values.
#[derive(Debug)]
pub(in super::super) struct Vocabulary {
    /// Its name in section 10.
    pub(in super::super) name: &'static str,
    pub(in super::super) values: &'static [&'static str],
}

pub(super) const fn list(name: &'static str, values: &'static [&'static str]) -> Vocabulary {
    Vocabulary { name, values }
}

pub(super) static ACCOUNT_TYPE_OV: Vocabulary = list(
    "account-type-ov",
    &[
        "facebook",
        "ldap",
        "nis",
        "openid",
        "radius",
        "skype",
        "tacacs",
        "twitter",
        "unix",
        "windows-local",
        "windows-domain",
    ],
);

pub(super) static ATTACK_MOTIVATION_OV: Vocabulary = list(
    "attack-motivation-ov",
    &[
        "accidental",
        "coercion",
        "dominance",
        "ideology",
        "notoriety",
        "organizational-gain",
        "personal-gain",
        "personal-satisfaction",
        "revenge",
        "unpredictable",
    ],
);

pub(super) static ATTACK_RESOURCE_LEVEL_OV: Vocabulary = list(
    "attack-resource-level-ov",
    &[
        "individual",
        "club",
        "contest",
        "team",
        "organization",
        "government",
    ],
);

pub(super) static GROUPING_CONTEXT_OV: Vocabulary = list(
    "grouping-context-ov",
    &["suspicious-activity", "malware-analysis", "unspecified"],
);

pub(in super::super) static HASH_ALGORITHM_OV: Vocabulary = list(
    "hash-algorithm-ov",
    &[
        "MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH",
    ],
);

pub(super) static IDENTITY_CLASS_OV: Vocabulary = list(
    "identity-class-ov",
    &[
        "individual",
        "group",
        "system",
        "organization",
        "class",
        "unknown",
    ],
);

pub(super) static IMPLEMENTATION_LANGUAGE_OV: Vocabulary = list(
    "implementation-language-ov",
    &[
        "applescript",
        "bash",
        "c",
        "c++",
        "c#",
        "go",
        "java",
        "javascript",
        "lua",
        "objective-c",
        "perl",
        "php",
        "powershell",
        "python",
        "ruby",
        "rust",
        "scala",
        "swift",
        "typescript",
        "visual-basic",
        "x86-32",
        "x86-64",
    ],
);

pub(super) static INDICATOR_TYPE_OV: Vocabulary = list(
    "indicator-type-ov",
    &[
        "anomalous-activity",
        "anonymization",
        "benign",
        "compromised",
        "malicious-activity",
        "attribution",
        "unknown",
    ],
);

pub(super) static INDUSTRY_SECTOR_OV: Vocabulary = list(
    "industry-sector-ov",
    &[
        "agriculture",
        "aerospace",
        "automotive",
        "chemical",
        "commercial",
        "communications",
        "construction",
        "defense",
        "education",
        "energy",
        "entertainment",
        "financial-services",
        "government",
        "emergency-services",
        "government-local",
        "government-national",
        "government-public-services",
        "government-regional",
        "healthcare",
        "hospitality-leisure",
        "infrastructure",
        "dams",
        "nuclear",
        "water",
        "insurance",
        "legal",
        "manufacturing",
        "mining",
        "non-profit",
        "pharmaceuticals",
        "retail",
        "technology",
        "telecommunications",
        "transportation",
        "utilities",
    ],
);

pub(super) static INFRASTRUCTURE_TYPE_OV: Vocabulary = list(
    "infrastructure-type-ov",
    &[
        "amplification",
        "anonymization",
        "botnet",
        "command-and-control",
        "control-system",
        "exfiltration",
        "firewall",
        "hosting-malware",
        "hosting-target-lists",
        "phishing",
        "reconnaissance",
        "routers-switches",
        "staging",
        "workstation",
        "unknown",
    ],
);

pub(super) static MALWARE_CAPABILITIES_OV: Vocabulary = list(
    "malware-capabilities-ov",
    &[
        "accesses-remote-machines",
        "anti-debugging",
        "anti-disassembly",
        "anti-emulation",
        "anti-memory-forensics",
        "anti-sandbox",
        "anti-vm",
        "captures-input-peripherals",
        "captures-output-peripherals",
        "captures-system-state-data",
        "cleans-traces-of-infection",
        "commits-fraud",
        "communicates-with-c2",
        "compromises-data-availability",
        "compromises-data-integrity",
        "compromises-system-availability",
        "controls-local-machine",
        "degrades-security-software",
        "degrades-system-updates",
        "determines-c2-server",
        "emails-spam",
        "escalates-privileges",
        "evades-av",
        "exfiltrates-data",
        "fingerprints-host",
        "hides-artifacts",
        "hides-executing-code",
        "infects-files",
        "infects-remote-machines",
        "installs-other-components",
        "persists-after-system-reboot",
        "prevents-artifact-access",
        "prevents-artifact-deletion",
        "probes-network-environment",
        "self-modifies",
        "steals-authentication-credentials",
        "violates-system-operational-integrity",
    ],
);

pub(super) static MALWARE_RESULT_OV: Vocabulary = list(
    "malware-result-ov",
    &["malicious", "suspicious", "benign", "unknown"],
);

pub(super) static MALWARE_TYPE_OV: Vocabulary = list(
    "malware-type-ov",
    &[
        "adware",
        "backdoor",
        "bot",
        "bootkit",
        "ddos",
        "downloader",
        "dropper",
        "exploit-kit",
        "keylogger",
        "ransomware",
        "remote-access-trojan",
        "resource-exploitation",
        "rogue-security-software",
        "rootkit",
        "screen-capture",
        "spyware",
        "trojan",
        "unknown",
        "virus",
        "webshell",
        "wiper",
        "worm",
    ],
);

pub(super) static PATTERN_TYPE_OV: Vocabulary = list(
    "pattern-type-ov",
    &["stix", "pcre", "sigma", "snort", "suricata", "yara"],
);

pub(super) static PROCESSOR_ARCHITECTURE_OV: Vocabulary = list(
    "processor-architecture-ov",
    &[
        "alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64",
    ],
);

pub(super) static REGION_OV: Vocabulary = list(
    "region-ov",
    &[
        "africa",
        "eastern-africa",
        "middle-africa",
        "northern-africa",
        "southern-africa",
        "western-africa",
        "americas",
        "caribbean",
        "central-america",
        "latin-america-caribbean",
        "northern-america",
        "south-america",
        "asia",
        "central-asia",
        "eastern-asia",
        "southern-asia",
        "south-eastern-asia",
        "western-asia",
        "europe",
        "eastern-europe",
        "northern-europe",
        "southern-europe",
        "western-europe",
        "oceania",
        "antarctica",
        "australia-new-zealand",
        "melanesia",
        "micronesia",
        "polynesia",
    ],
);

pub(super) static REPORT_TYPE_OV: Vocabulary = list(
    "report-type-ov",
    &[
        "attack-pattern",
        "campaign",
        "identity",
        "incident",
        "indicator",
        "intrusion-set",
        "malware",
        "observed-data",
        "threat-actor",
        "threat-report",
        "tool",
        "vulnerability",
    ],
);

pub(super) static THREAT_ACTOR_TYPE_OV: Vocabulary = list(
    "threat-actor-type-ov",
    &[
        "activist",
        "competitor",
        "crime-syndicate",
        "criminal",
        "hacker",
        "insider-accidental",
        "insider-disgruntled",
        "nation-state",
        "private-sector",
        "sensationalist",
        "spy",
        "terrorist",
        "unknown",
    ],
);

pub(super) static THREAT_ACTOR_ROLE_OV: Vocabulary = list(
    "threat-actor-role-ov",
    &[
        "agent",
        "director",
        "independent",
        "infrastructure-architect",
        "infrastructure-operator",
        "malware-author",
        "sponsor",
    ],
);

pub(super) static THREAT_ACTOR_SOPHISTICATION_OV: Vocabulary = list(
    "threat-actor-sophistication-ov",
    &[
        "none",
        "minimal",
        "intermediate",
        "advanced",
        "expert",
        "innovator",
        "strategic",
    ],
);

pub(super) static TOOL_TYPE_OV: Vocabulary = list(
    "tool-type-ov",
    &[
        "denial-of-service",
        "exploitation",
        "information-gathering",
        "network-capture",
        "credential-exploitation",
        "remote-access",
        "vulnerability-scanning",
        "unknown",
    ],
);

pub(super) static WINDOWS_PEBINARY_TYPE_OV: Vocabulary =
    list("windows-pebinary-type-ov", &["dll", "exe", "sys"]);
