//! Predefined extensions (section 3.10 and the subsections of section 6), and what every other one holds (section 7.3).

use super::enumeration::*;
use super::vocabulary::*;
use super::{COUNT, INTEGER, Kind, NUMBER, Part, Precision, Property, TEXTS, may, must};

/// The predefined extension of that name, with the type it belongs to.
pub(in super::super) fn predefined(name: &str) -> Option<&'static (&'static str, Part)> {
    PREDEFINED.iter().find(|(_, part)| part.name == name)
}

/// What an extension has that names its definition (section 3.2, `extensions`).
pub(in super::super) static EXTENSION_INSTANCE: &[Property] =
    &[must("extension_type", Kind::Enum(&EXTENSION_TYPE_ENUM))];

const fn any(name: &'static str, properties: &'static [Property]) -> Part {
    Part {
        name,
        properties,
        any_of: &[],
        any: true,
    }
}

const fn all(name: &'static str, properties: &'static [Property]) -> Part {
    Part {
        name,
        properties,
        any_of: &[],
        any: false,
    }
}

static PREDEFINED: &[(&str, Part)] = &[
    (
        "file",
        all(
            "archive-ext",
            &[
                must(
                    "contains_refs",
                    Kind::List(&Kind::Local(&["file", "directory"])),
                ),
                may("comment", Kind::Text),
            ],
        ),
    ),
    (
        "file",
        any(
            "ntfs-ext",
            &[
                may("sid", Kind::Text),
                may(
                    "alternate_data_streams",
                    Kind::List(&Kind::Part(&DATA_STREAM)),
                ),
            ],
        ),
    ),
    (
        "file",
        any(
            "pdf-ext",
            &[
                may("version", Kind::Text),
                may("is_optimized", Kind::Flag),
                may("document_info_dict", Kind::Dictionary(&Kind::Text)),
                may("pdfid0", Kind::Text),
                may("pdfid1", Kind::Text),
            ],
        ),
    ),
    (
        "file",
        any(
            "raster-image-ext",
            &[
                may("image_height", INTEGER),
                may("image_width", INTEGER),
                may("bits_per_pixel", INTEGER),
                may("exif_tags", Kind::Dictionary(&Kind::Any)),
            ],
        ),
    ),
    (
        "file",
        Part {
            name: "windows-pebinary-ext",
            properties: PE_BINARY,
            any_of: &[
                "imphash",
                "machine_hex",
                "number_of_sections",
                "time_date_stamp",
                "pointer_to_symbol_table_hex",
                "number_of_symbols",
                "size_of_optional_header",
                "characteristics_hex",
                "file_header_hashes",
                "optional_header",
                "sections",
            ],
            any: false,
        },
    ),
    (
        "network-traffic",
        all(
            "http-request-ext",
            &[
                must("request_method", Kind::Text),
                must("request_value", Kind::Text),
                may("request_version", Kind::Text),
                may("request_header", Kind::Dictionary(&TEXTS)),
                may("message_body_length", INTEGER),
                may("message_body_data_ref", Kind::Local(&["artifact"])),
            ],
        ),
    ),
    (
        "network-traffic",
        all(
            "icmp-ext",
            &[
                must("icmp_type_hex", Kind::Hex),
                must("icmp_code_hex", Kind::Hex),
            ],
        ),
    ),
    (
        "network-traffic",
        all(
            "socket-ext",
            &[
                must(
                    "address_family",
                    Kind::Enum(&NETWORK_SOCKET_ADDRESS_FAMILY_ENUM),
                ),
                may("is_blocking", Kind::Flag),
                may("is_listening", Kind::Flag),
                may("options", Kind::Dictionary(&INTEGER)),
                may("socket_type", Kind::Enum(&NETWORK_SOCKET_TYPE_ENUM)),
                may("socket_descriptor", COUNT),
                may("socket_handle", INTEGER),
            ],
        ),
    ),
    (
        "network-traffic",
        any(
            "tcp-ext",
            &[
                may("src_flags_hex", Kind::Hex),
                may("dst_flags_hex", Kind::Hex),
            ],
        ),
    ),
    (
        "process",
        any(
            "windows-process-ext",
            &[
                may("aslr_enabled", Kind::Flag),
                may("dep_enabled", Kind::Flag),
                may("priority", Kind::Text),
                may("owner_sid", Kind::Text),
                may("window_title", Kind::Text),
                may("startup_info", Kind::Dictionary(&Kind::Any)),
                may("integrity_level", Kind::Enum(&WINDOWS_INTEGRITY_LEVEL_ENUM)),
            ],
        ),
    ),
    (
        "process",
        any(
            "windows-service-ext",
            &[
                may("service_name", Kind::Text),
                may("descriptions", TEXTS),
                may("display_name", Kind::Text),
                may("group_name", Kind::Text),
                may("start_type", Kind::Enum(&WINDOWS_SERVICE_START_TYPE_ENUM)),
                may("service_dll_refs", Kind::List(&Kind::Local(&["file"]))),
                may("service_type", Kind::Enum(&WINDOWS_SERVICE_TYPE_ENUM)),
                may("service_status", Kind::Enum(&WINDOWS_SERVICE_STATUS_ENUM)),
            ],
        ),
    ),
    (
        "user-account",
        any(
            "unix-account-ext",
            &[
                may("gid", INTEGER),
                may("groups", TEXTS),
                may("home_dir", Kind::Text),
                may("shell", Kind::Text),
            ],
        ),
    ),
];

static DATA_STREAM: Part = all(
    "alternate-data-stream-type",
    &[
        must("name", Kind::Text),
        may("hashes", Kind::Hashes),
        may("size", COUNT),
    ],
);

static PE_SECTION: Part = all(
    "windows-pe-section-type",
    &[
        must("name", Kind::Text),
        may("size", COUNT),
        may("entropy", NUMBER),
        may("hashes", Kind::Hashes),
    ],
);

static PE_BINARY: &[Property] = &[
    must("pe_type", Kind::Open(&WINDOWS_PEBINARY_TYPE_OV)),
    may("imphash", Kind::Text),
    may("machine_hex", Kind::Hex),
    may("number_of_sections", COUNT),
    may("time_date_stamp", Kind::Time(Precision::Seconds)),
    may("pointer_to_symbol_table_hex", Kind::Hex),
    may("number_of_symbols", COUNT),
    may("size_of_optional_header", COUNT),
    may("characteristics_hex", Kind::Hex),
    may("file_header_hashes", Kind::Hashes),
    may("optional_header", Kind::Part(&PE_OPTIONAL_HEADER)),
    may("sections", Kind::List(&Kind::Part(&PE_SECTION))),
];

static PE_OPTIONAL_HEADER: Part = any(
    "windows-pe-optional-header-type",
    &[
        may("magic_hex", Kind::Hex),
        may("major_linker_version", INTEGER),
        may("minor_linker_version", INTEGER),
        may("size_of_code", COUNT),
        may("size_of_initialized_data", COUNT),
        may("size_of_uninitialized_data", COUNT),
        may("address_of_entry_point", INTEGER),
        may("base_of_code", INTEGER),
        may("base_of_data", INTEGER),
        may("image_base", INTEGER),
        may("section_alignment", INTEGER),
        may("file_alignment", INTEGER),
        may("major_os_version", INTEGER),
        may("minor_os_version", INTEGER),
        may("major_image_version", INTEGER),
        may("minor_image_version", INTEGER),
        may("major_subsystem_version", INTEGER),
        may("minor_subsystem_version", INTEGER),
        may("win32_version_value_hex", Kind::Hex),
        may("size_of_image", COUNT),
        may("size_of_headers", COUNT),
        may("checksum_hex", Kind::Hex),
        may("subsystem_hex", Kind::Hex),
        may("dll_characteristics_hex", Kind::Hex),
        may("size_of_stack_reserve", COUNT),
        may("size_of_stack_commit", COUNT),
        may("size_of_heap_reserve", COUNT),
        may("size_of_heap_commit", COUNT),
        may("loader_flags_hex", Kind::Hex),
        may("number_of_rva_and_sizes", INTEGER),
        may("hashes", Kind::Hashes),
    ],
);
