//! Reading within a line: words, names, expressions, code.

use super::names::{INFIX, find_bin, find_un, precedence};
use crate::sdfg::{Code, Const, DType, DataId, Memlet, Sdfg, UnOp};
use crate::symbolic::{Dim, Expr, Range, Subset, Sym, identifier, parse_prefix};
use std::borrow::Cow;

/// Parentheses, operators and calls may nest this deep.
const DEPTH: u32 = 100;

pub(super) type Result<T> = std::result::Result<T, String>;

/// What is left of a line.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a str,
}

/// An input of code: the memlet and the number of its access node, if given.
pub(super) type Input = (Memlet, Option<usize>);

/// Names that code may use, and the inputs it has.
pub(super) struct Scope<'a> {
    pub(super) sdfg: &'a Sdfg,
    /// Connectors named by `where`; those of elements in place have no name.
    pub(super) names: Vec<String>,
    pub(super) inputs: Vec<Input>,
    /// How deep the code nests.
    depth: u32,
}

impl<'a> Scope<'a> {
    pub(super) fn new(sdfg: &'a Sdfg) -> Self {
        Self {
            sdfg,
            names: Vec::new(),
            inputs: Vec::new(),
            depth: 0,
        }
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest.trim_start().is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.trim_start().chars().next()
    }

    /// Takes a sign if it comes next.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<()> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{sign}`")))
        }
    }

    pub(super) fn expected(&self, what: &str) -> String {
        let rest = self.rest.trim_start();
        if rest.is_empty() {
            return format!("expected {what} at the end of the line");
        }
        let shown: String = rest.chars().take(20).collect();
        format!("expected {what}, found `{shown}`")
    }

    pub(super) fn end(&self) -> Result<()> {
        if self.at_end() {
            Ok(())
        } else {
            Err(self.expected("the end of the line"))
        }
    }

    /// The identifier that comes next, without taking it.
    pub(super) fn peek_word(&self) -> Option<&'a str> {
        identifier(self.rest.trim_start()).map(|(word, _)| word)
    }

    /// Takes a keyword: the whole word.
    pub(super) fn word(&mut self, word: &str) -> bool {
        match identifier(self.rest.trim_start()) {
            Some((found, rest)) if found == word => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// An identifier, or any name in back quotes.
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>> {
        let rest = self.rest.trim_start();
        if let Some((name, rest)) = identifier(rest) {
            self.rest = rest;
            return Ok(Cow::Borrowed(name));
        }
        let Some(quoted) = rest.strip_prefix('`') else {
            return Err(self.expected("a name"));
        };
        let mut name = String::new();
        let mut chars = quoted.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '`' {
                name.push(c);
            } else if chars.next_if(|(_, c)| *c == '`').is_some() {
                name.push('`');
            } else {
                self.rest = &quoted[at + 1..];
                return Ok(Cow::Owned(name));
            }
        }
        Err("a name in back quotes does not end".to_owned())
    }

    /// A name that expressions can hold.
    pub(super) fn symbol(&mut self) -> Result<Sym> {
        let name = self.name()?;
        if !matches!(identifier(&name), Some((_, ""))) {
            return Err(format!("`{name}` is not the name of a symbol"));
        }
        Ok(Sym::new(&name))
    }

    pub(super) fn expr(&mut self) -> Result<Expr> {
        let (expr, rest) = parse_prefix(self.rest)?;
        self.rest = rest;
        Ok(expr)
    }

    pub(super) fn unsigned(&mut self) -> Result<usize> {
        let rest = self.rest.trim_start();
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number = rest[..end].parse().map_err(|_| self.expected("a number"))?;
        self.rest = &rest[end..];
        Ok(number)
    }

    /// `begin:end` or `begin:end:step`.
    pub(super) fn range(&mut self) -> Result<Range> {
        let begin = self.expr()?;
        self.expect(":")?;
        self.range_after(begin)
    }

    fn range_after(&mut self, begin: Expr) -> Result<Range> {
        let end = self.expr()?;
        let step = if self.take(":") {
            self.expr()?
        } else {
            Expr::one()
        };
        Ok(Range::new(begin, end, step))
    }

    /// `[…]`, or nothing for a scalar.
    pub(super) fn subset(&mut self) -> Result<Subset> {
        let mut dims = Vec::new();
        if self.take("[") {
            loop {
                let first = self.expr()?;
                dims.push(if self.take(":") {
                    Dim::Range(self.range_after(first)?)
                } else {
                    Dim::Index(first)
                });
                if !self.take(",") {
                    break;
                }
            }
            self.expect("]")?;
        }
        Ok(Subset(dims))
    }

    pub(super) fn container(&mut self, sdfg: &Sdfg) -> Result<DataId> {
        let name = self.name()?;
        sdfg.find(&name)
            .ok_or_else(|| format!("there is no container `{name}`"))
    }

    /// `@2`, or nothing.
    pub(super) fn node_number(&mut self) -> Result<Option<usize>> {
        if self.rest.starts_with('@') && self.take("@") {
            self.unsigned().map(Some)
        } else {
            Ok(None)
        }
    }

    pub(super) fn memlet(&mut self, sdfg: &Sdfg) -> Result<Input> {
        let dynamic = self.word("dynamic");
        let data = self.container(sdfg)?;
        let number = self.node_number()?;
        let subset = self.subset()?;
        Ok((
            Memlet {
                data,
                subset,
                wcr: None,
                dynamic,
            },
            number,
        ))
    }

    /// The part of the line before ` word ` (outside of brackets and quotes), and a cursor after it.
    pub(super) fn split(&self, word: &str) -> (Self, Option<Self>) {
        let text = self.rest;
        let (mut depth, mut quote) = (0i32, None);
        for (at, c) in text.char_indices() {
            match (quote, c) {
                (Some(q), c) if q == c => quote = None,
                (Some(_), _) => {}
                (None, '`' | '\'') => quote = Some(c),
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']' | '}') => depth -= 1,
                (None, ' ') if depth == 0 => {
                    if let Some(rest) = text[at + 1..]
                        .strip_prefix(word)
                        .filter(|r| r.starts_with(' '))
                    {
                        return (Self { rest: &text[..at] }, Some(Self { rest }));
                    }
                }
                _ => {}
            }
        }
        (self.clone(), None)
    }

    /// Fills a scope with what a `where` clause names: `in0 = A[i], in1 = B[j]`.
    pub(super) fn clause(&mut self, scope: &mut Scope<'_>) -> Result<()> {
        loop {
            let name = self.name()?.into_owned();
            if scope.names.contains(&name) {
                return Err(format!("`{name}` is named twice"));
            }
            self.expect("=")?;
            let input = self.memlet(scope.sdfg)?;
            scope.names.push(name);
            scope.inputs.push(input);
            if !self.take(",") {
                return Ok(());
            }
        }
    }

    pub(super) fn code(&mut self, scope: &mut Scope<'_>) -> Result<Code> {
        scope.depth += 1;
        if scope.depth > DEPTH {
            return Err("the code nests too deep".to_owned());
        }
        let first = self.binary(1, scope)?;
        let code = if self.word("if") {
            let condition = self.binary(1, scope)?;
            if !self.word("else") {
                return Err(self.expected("`else`"));
            }
            Code::select(condition, first, self.code(scope)?)
        } else {
            first
        };
        scope.depth -= 1;
        Ok(code)
    }

    fn binary(&mut self, least: u8, scope: &mut Scope<'_>) -> Result<Code> {
        let mut left = self.unary(scope)?;
        let mut compared = false;
        loop {
            let rest = self.rest.trim_start();
            let sign = INFIX.iter().find(|sign| {
                rest.strip_prefix(**sign).is_some_and(|after| {
                    !sign.starts_with(char::is_alphabetic)
                        || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            });
            let Some((op, binds)) = sign
                .and_then(|s| find_bin(s))
                .and_then(|op| Some((op, precedence(op)?)))
            else {
                return Ok(left);
            };
            if binds < least {
                return Ok(left);
            }
            self.rest = &rest[sign.map_or(0, |s| s.len())..];
            // Powers group to the right.
            let right = self.binary(
                if op == crate::sdfg::BinOp::Pow {
                    binds
                } else {
                    binds + 1
                },
                scope,
            )?;
            if op.is_comparison() && compared {
                return Err("comparisons do not chain; use `and`".to_owned());
            }
            compared = op.is_comparison();
            left = Code::bin(op, left, right);
        }
    }

    fn unary(&mut self, scope: &mut Scope<'_>) -> Result<Code> {
        scope.depth += 1;
        if scope.depth > DEPTH {
            return Err("the code nests too deep".to_owned());
        }
        let code = if self.word("not") {
            Code::un(UnOp::Not, self.binary(3, scope)?)
        } else if self.take("-") {
            if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
                self.number(true)?
            } else {
                Code::un(UnOp::Neg, self.unary(scope)?)
            }
        } else if self.take("~") {
            Code::un(UnOp::Invert, self.unary(scope)?)
        } else {
            self.primary(scope)?
        };
        scope.depth -= 1;
        Ok(code)
    }

    fn primary(&mut self, scope: &mut Scope<'_>) -> Result<Code> {
        if self.take("(") {
            let inner = self.code(scope)?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("{") {
            let expr = self.expr()?;
            self.expect("}")?;
            return Ok(Code::Sym(expr));
        }
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            return self.number(false);
        }
        for (word, value) in [("True", true), ("False", false)] {
            if self.word(word) {
                return Ok(Code::Const(Const::Bool(value)));
            }
        }
        let before = self.clone();
        let dynamic = self.word("dynamic");
        let name = self.name()?;
        if self.rest.starts_with('(') && !dynamic {
            return self.call(&name, scope);
        }
        if let Some(k) = scope.names.iter().position(|n| *n == name) {
            if !self.rest.starts_with('[') {
                return Ok(Code::In(k));
            }
            return Ok(Code::Load(k, self.index(scope)?));
        }
        if scope.sdfg.find(&name).is_some() {
            *self = before;
            let input = self.memlet(scope.sdfg)?;
            scope.inputs.push(input);
            return Ok(Code::In(scope.inputs.len() - 1));
        }
        let symbol = matches!(identifier(&name), Some((_, "")));
        if self.rest.starts_with(['[', '@']) || dynamic || !symbol {
            return Err(format!("there is no container `{name}`"));
        }
        Ok(Code::Sym(Expr::sym(name.as_ref())))
    }

    /// `[code, …]`
    pub(super) fn index(&mut self, scope: &mut Scope<'_>) -> Result<Vec<Code>> {
        self.expect("[")?;
        let mut index = Vec::new();
        while !self.take("]") {
            index.push(self.code(scope)?);
            if !self.take(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(index)
    }

    fn call(&mut self, name: &str, scope: &mut Scope<'_>) -> Result<Code> {
        self.expect("(")?;
        let dtype = DType::from_name(name);
        if let Some(dtype) = dtype
            && self.take("'")
        {
            let (text, rest) = self.rest.split_once('\'').ok_or("a quote does not end")?;
            self.rest = rest;
            self.expect(")")?;
            let value = text
                .parse::<f64>()
                .map_err(|_| format!("`{text}` is not a number"))?;
            return Ok(Code::Const(Const::Float(value, dtype)));
        }
        let mut args = vec![self.code(scope)?];
        while self.take(",") {
            args.push(self.code(scope)?);
        }
        self.expect(")")?;
        match (dtype, find_un(name), find_bin(name), args.as_mut_slice()) {
            (Some(dtype), _, _, [_]) => Ok(Code::Cast(dtype, Box::new(args.remove(0)))),
            (
                Some(dtype),
                _,
                _,
                [
                    Code::Const(Const::Float(re, _)),
                    Code::Const(Const::Float(im, _)),
                ],
            ) if dtype.is_complex() => Ok(Code::Const(Const::Complex(*re, *im, dtype))),
            (_, Some(op), _, [_]) => Ok(Code::un(op, args.remove(0))),
            (_, _, Some(op), [_, _]) => {
                let b = args.remove(1);
                Ok(Code::bin(op, args.remove(0), b))
            }
            _ => Err(format!(
                "there is no function `{name}` of {} arguments",
                args.len()
            )),
        }
    }

    /// `2`, `2i64`, `2.5`, `2.5f32`: the suffix gives the type, a bare integer is symbolic.
    fn number(&mut self, negative: bool) -> Result<Code> {
        let rest = self.rest.trim_start();
        let digits = |from: usize| {
            rest[from..]
                .find(|c: char| !c.is_ascii_digit())
                .map_or(rest.len(), |n| from + n)
        };
        let mut end = digits(0);
        let mut float = false;
        if rest[end..].starts_with('.') {
            float = true;
            end = digits(end + 1);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            let last = digits(end + 1 + sign);
            if last > end + 1 + sign {
                float = true;
                end = last;
            }
        }
        let (number, after) = rest.split_at(end);
        let (suffix, after) = identifier(after).unwrap_or(("", after));
        self.rest = after;
        let bad = || format!("`{number}{suffix}` is not a number");
        let dtype = DType::ALL
            .into_iter()
            .find(|d| !suffix.is_empty() && super::code::suffix(*d) == suffix);
        if dtype.is_none() && !suffix.is_empty() {
            return Err(bad());
        }
        let signed = format!("{}{number}", if negative { "-" } else { "" });
        if float || dtype.is_some_and(DType::is_float) {
            let dtype = dtype.unwrap_or(DType::Float64);
            if !dtype.is_float() {
                return Err(bad());
            }
            return Ok(Code::Const(Const::Float(
                signed.parse().map_err(|_| bad())?,
                dtype,
            )));
        }
        let value = signed.parse::<i128>().map_err(|_| bad())?;
        Ok(dtype.map_or_else(
            || Code::Sym(Expr::big(value)),
            |d| Code::Const(Const::Int(value, d)),
        ))
    }

    /// A constant on its own.
    pub(super) fn constant(&mut self, sdfg: &Sdfg) -> Result<Const> {
        match self.code(&mut Scope::new(sdfg))? {
            Code::Const(c) => Ok(c),
            _ => Err("expected a constant with a type, such as `2.0` or `2i64`".to_owned()),
        }
    }
}
