//! Names that are not taken yet.

use std::collections::{HashMap, HashSet};

/// Names that are taken.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
    /// For a name, a number before which all are taken.
    next: HashMap<String, u32>,
}

impl Names {
    /// `name`, or `name_2`, `name_3`, … : the first that is not taken. It is then.
    pub fn unique(&mut self, name: &str) -> String {
        if self.taken.insert(name.to_owned()) {
            return name.to_owned();
        }
        let next = self.next.entry(name.to_owned()).or_insert(2);
        loop {
            let numbered = format!("{name}_{next}");
            *next += 1;
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }

    /// A name is not taken any more.
    pub fn free(&mut self, name: &str) {
        self.taken.remove(name);
        if let Some((base, number)) = name.rsplit_once('_')
            && let Ok(number) = number.parse::<u32>()
            && let Some(next) = self.next.get_mut(base)
        {
            *next = number.min(*next);
        }
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self {
            taken: names.into_iter().map(str::to_owned).collect(),
            next: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn the_first_free_number_is_taken() {
        let mut names: Names = ["b", "a_2", "a_5"].into_iter().collect();
        let mut next = |name| names.unique(name);
        assert_eq!([next("a"), next("a"), next("a")], ["a", "a_3", "a_4"]);
        names.free("a_3");
        let mut next = |name| names.unique(name);
        assert_eq!([next("a"), next("a"), next("b")], ["a_3", "a_6", "b_2"]);
    }
}
