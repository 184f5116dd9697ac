//! The programs in Python, one file each. Their texts are those of NPBench's NumPy versions, with annotated parameters.
