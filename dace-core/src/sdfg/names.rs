//! Names that are not taken yet.

/// `name`, or `name_2`, `name_3`, … : the first that is not taken.
pub(super) fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2u32..)
        .map(|n| format!("{name}_{n}"))
        .find(|n| !taken(n))
        .unwrap_or_else(|| name.to_owned())
}
