# syntax=docker/dockerfile:1

# Bundled where the build runs, for every platform: the bundle is JavaScript alone.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/ensure-installed.mjs scripts/
COPY src src
# The commit that the sources stand at: docker build --build-arg COMMIT=$(git rev-parse HEAD)
ARG COMMIT=unknown
RUN RELOADER_COMMIT="$COMMIT" node scripts/build.mjs

FROM gcr.io/distroless/nodejs24-debian12:nonroot
ARG COMMIT=unknown
ARG VERSION=unknown
LABEL org.opencontainers.image.title="reloader" \
      org.opencontainers.image.description="Rolls Kubernetes workloads when a ConfigMap or Secret that they use changes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
COPY --from=build /source/dist/reloader.mjs /reloader.mjs
USER 65532:65532
EXPOSE 9090
# Arguments are those of the program, and of Stakater's Reloader. The young generation is kept small: it costs memory, not time.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=1", "/reloader.mjs"]
