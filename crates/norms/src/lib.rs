//! Rules of state behaviour as data, judged element by element, with no I/O.
