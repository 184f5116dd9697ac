//! Library nodes: calls of the runtime on strided regions.

use super::access::Region;
use super::emit::Emit;
use super::token::rust_type;
use dace_core::sdfg::{DataId, Library, LibraryKind, Memlet, Wcr};
use dace_core::symbolic::Expr;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A dimension: size and stride.
type Extent = (Expr, TokenStream);

impl Emit<'_> {
    pub(super) fn library(
        &mut self,
        l: &Library,
        inputs: &[&Memlet],
        outputs: &[&Memlet],
    ) -> TokenStream {
        let Some(out) = outputs.first() else {
            return TokenStream::new();
        };
        let dst = self.region_of(out);
        let operands: Vec<Region> = inputs.iter().map(|m| self.region_of(m)).collect();
        let mut checks = dst.checks.clone();
        for o in &operands {
            checks.extend(o.checks.clone());
        }
        let name = self.name(out.data).to_owned();
        let aliased = inputs.iter().any(|m| m.data == out.data);
        let accumulate = out.wcr == Some(Wcr::Sum);
        let call = match (&l.kind, operands.as_slice()) {
            (LibraryKind::MatMul { trans_a, trans_b }, [a, b]) => {
                return self.matmul(
                    out.data,
                    &dst,
                    a,
                    b,
                    *trans_a,
                    *trans_b,
                    accumulate,
                    aliased,
                    inputs[1].data == out.data,
                    &checks,
                );
            }
            (LibraryKind::Solve, [a, b]) => {
                let (a, b, d) = (
                    self.matrix(a, &a.dims, false),
                    self.matrix(b, &column(&b.dims), false),
                    self.matrix(&dst, &column(&dst.dims), true),
                );
                quote!(rt::linalg::solve(#d, #a, #b, #name)?;)
            }
            (LibraryKind::Inv, [a]) => {
                let (a, d) = (
                    self.matrix(a, &a.dims, false),
                    self.matrix(&dst, &dst.dims, true),
                );
                quote!(rt::linalg::inv(#d, #a, #name)?;)
            }
            (LibraryKind::Cholesky, [a]) => {
                let (a, d) = (
                    self.matrix(a, &a.dims, false),
                    self.matrix(&dst, &dst.dims, true),
                );
                quote!(rt::linalg::cholesky(#d, #a, #name)?;)
            }
            (LibraryKind::ArgReduce { max, axis }, [a]) => {
                let (shape, strides) = self.extents(&a.dims);
                let (_, out_strides) = self.extents(&dst.dims);
                let axis = axis.map_or_else(
                    || quote!(::core::option::Option::None),
                    |a| quote!(::core::option::Option::Some(#a)),
                );
                let (to, from) = (&dst.address, &a.address);
                let name = self.name(inputs[0].data).to_owned();
                quote!(rt::arg_reduce::<_, #max, _>(#to, &[#(#out_strides),*], #from, &[#(#shape),*], &[#(#strides),*], #axis, #name)?;)
            }
            _ => quote!(::core::compile_error!("library node with other operands than it takes");),
        };
        quote!(#checks #call)
    }

    fn extents(&self, dims: &[Extent]) -> (Vec<TokenStream>, Vec<TokenStream>) {
        (
            dims.iter().map(|(n, _)| self.symbols.exact(n).ts).collect(),
            dims.iter().map(|(_, s)| s.clone()).collect(),
        )
    }

    /// A strided matrix of two dimensions.
    fn matrix(&self, region: &Region, dims: &[Extent], mutable: bool) -> TokenStream {
        self.matrix_at(&region.address, dims, mutable)
    }

    fn matrix_at(&self, address: &TokenStream, dims: &[Extent], mutable: bool) -> TokenStream {
        let (shape, strides) = self.extents(dims);
        if mutable {
            quote!(rt::linalg::MatMut { ptr: #address, shape: [#((#shape) as usize),*], strides: [#((#strides) as isize),*] })
        } else {
            quote!(rt::linalg::MatRef { ptr: (#address).cast_const(), shape: [#((#shape) as usize),*], strides: [#((#strides) as isize),*] })
        }
    }

    #[allow(clippy::fn_params_excessive_bools)]
    fn matmul(
        &mut self,
        out: DataId,
        dst: &Region,
        a: &Region,
        b: &Region,
        trans_a: bool,
        trans_b: bool,
        accumulate: bool,
        aliased: bool,
        b_aliased: bool,
        checks: &TokenStream,
    ) -> TokenStream {
        let one = || (Expr::one(), quote!(0i64));
        // NumPy: a vector on the left is a row, on the right a column; what is added disappears from the result.
        let matrix =
            |dims: &[Extent], left: bool, transposed: bool| -> (Vec<Extent>, [Extent; 2]) {
                match dims {
                    [v] => (
                        Vec::new(),
                        if left {
                            [one(), v.clone()]
                        } else {
                            [v.clone(), one()]
                        },
                    ),
                    [batch @ .., m, n] => (
                        batch.to_vec(),
                        if transposed {
                            [n.clone(), m.clone()]
                        } else {
                            [m.clone(), n.clone()]
                        },
                    ),
                    [] => (Vec::new(), [one(), one()]),
                }
            };
        let (batch_a, a2) = matrix(&a.dims, true, trans_a);
        let (batch_b, b2) = matrix(&b.dims, false, trans_b);
        let mut rest = dst.dims.clone();
        let columns = if b.dims.len() == 1 {
            one()
        } else {
            rest.pop().unwrap_or_else(one)
        };
        let rows = if a.dims.len() == 1 {
            one()
        } else {
            rest.pop().unwrap_or_else(one)
        };
        let (d2, batch) = ([rows, columns], rest);
        // Rows of all matrices on the left times one matrix: the runtime makes them one product where they lie evenly.
        let one_matrix = batch_b.iter().all(|(n, _)| n.as_int() == Some(1));
        let all_batches = a.dims.len() == dst.dims.len();
        if !batch.is_empty() && one_matrix && all_batches && b.dims.len() > 1 && !b_aliased {
            let mut rows = batch.clone();
            rows.push(d2[0].clone());
            let mut rows_a = batch_a.clone();
            rows_a.push(a2[0].clone());
            let (shape, strides) = self.extents(&rows);
            let (_, strides_a) = self.extents(&rows_a);
            let name = self.name(out).to_owned();
            let first = |x: &[Extent; 2]| [one(), x[1].clone()];
            let (md, ma, mb) = (
                self.matrix_at(&dst.address, &first(&d2), true),
                self.matrix_at(&a.address, &first(&a2), false),
                self.matrix_at(&b.address, &b2, false),
            );
            return quote! {
                #checks
                rt::linalg::matmul_rows((#md, &[#(#strides),*]), (#ma, &[#(#strides_a),*]), &[#(#shape),*], #mb, #accumulate, #aliased, #name)?;
            };
        }
        // Addresses in the batch loops.
        let counters: Vec<Ident> = batch.iter().map(|_| self.names.fresh("batch")).collect();
        let address = |base: &TokenStream, dims: &[Extent]| -> TokenStream {
            let skip = counters.len().saturating_sub(dims.len());
            let mut at = base.clone();
            for (counter, (n, stride)) in counters[skip..].iter().zip(dims) {
                // A dimension of one is broadcast.
                if n.as_int() != Some(1) {
                    at = quote!(#at.wrapping_offset((#counter * #stride) as isize));
                }
            }
            at
        };
        let (pa, pb, pd) = (
            address(&a.address, &batch_a),
            address(&b.address, &batch_b),
            address(&dst.address, &batch),
        );
        let (ma, mb) = (
            self.matrix_at(&pa, &a2, false),
            self.matrix_at(&pb, &b2, false),
        );
        let mut body = if aliased {
            // The result must not overwrite an operand that is still read.
            let ty = rust_type(self.sdfg.desc(out).dtype);
            let (shape, strides) = self.extents(&d2);
            let name = self.name(out).to_owned();
            quote! {
                let mut product = rt::Buf::<#ty>::new();
                let (rows, columns) = (#(#shape),*);
                let at = product.resize(#name, &[rows, columns])?.at(0);
                rt::linalg::matmul(rt::linalg::MatMut { ptr: at, shape: [rows as usize, columns as usize], strides: [columns as isize, 1] }, #ma, #mb, false);
                rt::copy_matrix::<_, #accumulate>(#pd, [rows, columns], [#(#strides),*], at);
            }
        } else {
            let md = self.matrix_at(&pd, &d2, true);
            quote!(rt::linalg::matmul(#md, #ma, #mb, #accumulate);)
        };
        for (counter, (n, _)) in counters.iter().zip(&batch).rev() {
            let n = self.symbols.exact(n).ts;
            body = quote!(for #counter in 0..#n { #body });
        }
        if aliased && counters.is_empty() {
            quote!({ #checks #body })
        } else {
            quote!(#checks #body)
        }
    }
}

/// A vector as a matrix of one column.
fn column(dims: &[Extent]) -> Vec<Extent> {
    let mut dims = dims.to_vec();
    if dims.len() == 1 {
        dims.push((Expr::one(), quote!(1i64)));
    }
    dims
}
