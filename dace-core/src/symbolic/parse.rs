//! Expressions from text: Python's `+ - * // %`, powers with a constant exponent, `max`, `min`, `int64` and parentheses.

use super::Expr;

/// Parentheses and signs may nest this deep.
const DEPTH: u32 = 100;
/// Larger exponents have no use in sizes and indices, and would grow without bound.
const MAX_POWER: i64 = 16;

/// Reads a whole expression. What [`Expr`]'s `Display` prints reads back equal.
pub fn parse(text: &str) -> Result<Expr, String> {
    let (expr, rest) = parse_prefix(text)?;
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Ok(expr);
    }
    Err(format!(
        "unexpected `{}` after the expression",
        first_word(rest)
    ))
}

/// Reads the longest expression at the start of `text`, and returns it with what follows.
pub fn parse_prefix(text: &str) -> Result<(Expr, &str), String> {
    let mut parser = Parser {
        rest: text,
        depth: 0,
    };
    let expr = parser.sum()?;
    Ok((expr, parser.rest))
}

/// The identifier at the start of `text`, and what follows. Letters are Unicode's, as in Python.
pub fn identifier(text: &str) -> Option<(&str, &str)> {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    if !text.starts_with(begins) {
        return None;
    }
    let end = text
        .find(|c: char| !(begins(c) || c.is_numeric()))
        .unwrap_or(text.len());
    Some(text.split_at(end))
}

fn first_word(text: &str) -> &str {
    match identifier(text) {
        Some((name, _)) => name,
        None => &text[..text.chars().next().map_or(0, char::len_utf8)],
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl Parser<'_> {
    /// Takes `token` if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            return Ok(());
        }
        Err(format!("expected `{token}`{}", self.found()))
    }

    fn found(&self) -> String {
        let rest = self.rest.trim_start();
        if rest.is_empty() {
            ", found the end".to_owned()
        } else {
            format!(", found `{}`", first_word(rest))
        }
    }

    fn sum(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("the expression nests too deep".to_owned());
        }
        let mut left = self.product()?;
        loop {
            if self.take("+") {
                left = left + self.product()?;
            } else if !self.rest.trim_start().starts_with("->") && self.take("-") {
                left = left - self.product()?;
            } else {
                self.depth -= 1;
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Expr, String> {
        let mut left = self.factor()?;
        loop {
            if self.take("//") {
                left = left.floor_div(&self.factor()?);
            } else if self.take("%") {
                left = left.modulo(&self.factor()?);
            } else if self.take("*") {
                left = left * self.factor()?;
            } else {
                return Ok(left);
            }
        }
    }

    fn factor(&mut self) -> Result<Expr, String> {
        let mut negative = false;
        loop {
            if self.take("-") {
                negative = !negative;
            } else if !self.take("+") {
                break;
            }
        }
        let base = self.primary()?;
        let value = if self.take("**") {
            self.power(&base)?
        } else {
            base
        };
        Ok(if negative { -value } else { value })
    }

    fn power(&mut self, base: &Expr) -> Result<Expr, String> {
        let exponent = self
            .primary()?
            .as_int()
            .filter(|n| (0..=MAX_POWER).contains(n));
        let Some(n) = exponent else {
            return Err(format!("an exponent is a constant from 0 to {MAX_POWER}"));
        };
        Ok((0..n).fold(Expr::one(), |product, _| product * base))
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if self.take("(") {
            let inner = self.sum()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let rest = self.rest.trim_start();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (digits, rest) = rest.split_at(end);
            if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.') {
                return Err(format!(
                    "`{digits}{}` is not an integer",
                    &rest[..rest.chars().next().map_or(0, char::len_utf8)]
                ));
            }
            self.rest = rest;
            let value = digits
                .parse()
                .map_err(|_| format!("the number {digits} is too large"))?;
            return Ok(Expr::big(value));
        }
        let Some((name, rest)) = identifier(rest) else {
            return Err(format!("expected an expression{}", self.found()));
        };
        self.rest = rest;
        if name == "int64" && self.take("(") {
            let inner = self.sum()?;
            self.expect(")")?;
            return inner
                .wrapped()
                .ok_or_else(|| "the expression has too many terms".to_owned());
        }
        let combine: fn(&Expr, &Expr) -> Expr = match name {
            "max" => Expr::maximum,
            "min" => Expr::minimum,
            _ => return Ok(Expr::sym(name)),
        };
        if !self.take("(") {
            return Ok(Expr::sym(name));
        }
        let mut value = self.sum()?;
        self.expect(",")?;
        loop {
            value = combine(&value, &self.sum()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(value)
    }
}
