//! Enumerations (STIX 2.1, section 10): closed lists. A value outside one breaks a MUST.

use super::Vocabulary;
use super::vocabulary::list;

pub(super) static ENCRYPTION_ALGORITHM_ENUM: Vocabulary = list(
    "encryption-algorithm-enum",
    &["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"],
);

pub(super) static EXTENSION_TYPE_ENUM: Vocabulary = list(
    "extension-type-enum",
    &[
        "new-sdo",
        "new-sco",
        "new-sro",
        "property-extension",
        "toplevel-property-extension",
    ],
);

pub(super) static NETWORK_SOCKET_ADDRESS_FAMILY_ENUM: Vocabulary = list(
    "network-socket-address-family-enum",
    &[
        "AF_UNSPEC",
        "AF_INET",
        "AF_IPX",
        "AF_APPLETALK",
        "AF_NETBIOS",
        "AF_INET6",
        "AF_IRDA",
        "AF_BTH",
    ],
);

pub(super) static NETWORK_SOCKET_TYPE_ENUM: Vocabulary = list(
    "network-socket-type-enum",
    &[
        "SOCK_STREAM",
        "SOCK_DGRAM",
        "SOCK_RAW",
        "SOCK_RDM",
        "SOCK_SEQPACKET",
    ],
);

pub(super) static OPINION_ENUM: Vocabulary = list(
    "opinion-enum",
    &[
        "strongly-disagree",
        "disagree",
        "neutral",
        "agree",
        "strongly-agree",
    ],
);

pub(super) static WINDOWS_INTEGRITY_LEVEL_ENUM: Vocabulary = list(
    "windows-integrity-level-enum",
    &["low", "medium", "high", "system"],
);

pub(super) static WINDOWS_REGISTRY_DATATYPE_ENUM: Vocabulary = list(
    "windows-registry-datatype-enum",
    &[
        "REG_NONE",
        "REG_SZ",
        "REG_EXPAND_SZ",
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_DWORD_LITTLE_ENDIAN",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_RESOURCE_LIST",
        "REG_FULL_RESOURCE_DESCRIPTION",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_QWORD",
        "REG_INVALID_TYPE",
    ],
);

pub(super) static WINDOWS_SERVICE_START_TYPE_ENUM: Vocabulary = list(
    "windows-service-start-type-enum",
    &[
        "SERVICE_AUTO_START",
        "SERVICE_BOOT_START",
        "SERVICE_DEMAND_START",
        "SERVICE_DISABLED",
        "SERVICE_SYSTEM_ALERT",
    ],
);

pub(super) static WINDOWS_SERVICE_TYPE_ENUM: Vocabulary = list(
    "windows-service-type-enum",
    &[
        "SERVICE_KERNEL_DRIVER",
        "SERVICE_FILE_SYSTEM_DRIVER",
        "SERVICE_WIN32_OWN_PROCESS",
        "SERVICE_WIN32_SHARE_PROCESS",
    ],
);

pub(super) static WINDOWS_SERVICE_STATUS_ENUM: Vocabulary = list(
    "windows-service-status-enum",
    &[
        "SERVICE_CONTINUE_PENDING",
        "SERVICE_PAUSE_PENDING",
        "SERVICE_PAUSED",
        "SERVICE_RUNNING",
        "SERVICE_START_PENDING",
        "SERVICE_STOP_PENDING",
        "SERVICE_STOPPED",
    ],
);
