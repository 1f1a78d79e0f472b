# Liren as an image: built in one stage, run in another without build tools, by a user who owns nothing but its data.
#   docker build -t liren .      docker compose up -d
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY src ./src
COPY packs ./packs
# The lock names hashes: a file that differs from the one that was locked is refused, whichever mirror serves it.
RUN python -m venv /opt/liren \
 && /opt/liren/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /opt/liren/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Liren" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 liren \
 && useradd --system --uid 10001 --gid 10001 --home-dir /srv/liren --shell /usr/sbin/nologin liren \
 && install -d -o liren -g liren -m 0700 /srv/liren /srv/liren/var
COPY --from=build /opt/liren /opt/liren
ENV PATH=/opt/liren/bin:$PATH LIREN_HOME=/srv/liren LIREN_LOG=json PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/liren
USER 10001:10001
VOLUME ["/srv/liren/var"]
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["liren", "serve", "--host", "0.0.0.0", "--port", "8000"]
