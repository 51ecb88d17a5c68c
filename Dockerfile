# The runtime image: the programs of runtime/, each compiled with its engine into one executable.
# Build: docker build -t ghcr.io/cdk8s-multisite/multisite:<version> .   (or buildah bud, podman build)

FROM docker.io/library/node:24.21.0-bookworm-slim AS build
WORKDIR /src
# The manifests first: dependencies are fetched again only when they change.
COPY package.json package-lock.json .npmrc ./
COPY runtime/package.json runtime/
COPY engines/package.json engines/
# `prepare` compiles the construct library, which the image does not hold.
RUN npm ci --ignore-scripts --workspace runtime --workspace engines
COPY tsconfig.esm.json ./
COPY runtime runtime
RUN npm run build --workspace runtime

# glibc is all that the executables need.
FROM gcr.io/distroless/base-nossl-debian12:latest
COPY --from=build /src/runtime/build/bin/ /usr/local/bin/
# Distroless "nonroot"; as a number, since runAsNonRoot cannot check a name.
USER 65532:65532
CMD ["multisite-init"]
