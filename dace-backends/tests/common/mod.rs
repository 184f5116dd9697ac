//! Generated code as text for people.

use proc_macro2::{TokenStream, TokenTree};

/// Formats items. The function inside `rt::levels!` is shown as one with an attribute, since the inside of macros is not formatted.
pub(crate) fn pretty(tokens: TokenStream) -> String {
    let tokens = unwrap_levels(tokens);
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("// {error}\n{tokens}\n"),
    }
}

/// Turns `rt::levels! { fn … }` into `#[rt::levels] fn …`.
fn unwrap_levels(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out: Vec<TokenTree> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let is_levels = matches!(&tokens[i], TokenTree::Ident(n) if n == "levels")
            && matches!(tokens.get(i + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
        if let (true, Some(TokenTree::Group(body))) = (is_levels, tokens.get(i + 2)) {
            // Take back `rt` and the two colons.
            out.truncate(out.len() - 3);
            let body = unwrap_levels(body.stream());
            out.extend(quote::quote!(#[rt::levels] #body));
            i += 3;
            continue;
        }
        out.push(match &tokens[i] {
            TokenTree::Group(g) => TokenTree::Group(proc_macro2::Group::new(
                g.delimiter(),
                unwrap_levels(g.stream()),
            )),
            other => other.clone(),
        });
        i += 1;
    }
    out.into_iter().collect()
}
