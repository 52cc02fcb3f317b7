# Adapters of third-party libraries: each is built where its library is present.
