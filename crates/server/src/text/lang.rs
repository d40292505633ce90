//! The languages, and how an address names one.

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Lang {
    /// English, whose addresses have no segment of their own.
    En,
    /// French.
    Fr,
    /// Arabic, right to left.
    Ar,
}

impl Lang {
    /// Every language, in the order of the switch.
    pub(crate) const ALL: [Lang; 3] = [Lang::En, Lang::Fr, Lang::Ar];

    /// The BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Fr => "fr",
            Lang::Ar => "ar",
        }
    }

    /// The direction of its script, as HTML spells it.
    pub(crate) fn dir(self) -> &'static str {
        match self {
            Lang::Ar => "rtl",
            Lang::En | Lang::Fr => "ltr",
        }
    }

    /// What stands before every path of the language.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Lang::En => "",
            Lang::Fr => "/fr",
            Lang::Ar => "/ar",
        }
    }

    /// Its name in itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Fr => "Français",
            Lang::Ar => "العربية",
        }
    }

    /// The language of a path, and the path without it.
    pub(crate) fn of_path(path: &str) -> (Lang, &str) {
        for lang in [Lang::Fr, Lang::Ar] {
            if let Some(rest) = path.strip_prefix(lang.base()) {
                if rest.is_empty() {
                    return (lang, "/");
                }
                if rest.starts_with('/') {
                    return (lang, rest);
                }
            }
        }
        (Lang::En, path)
    }
}
