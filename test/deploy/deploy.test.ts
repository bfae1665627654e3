import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { developmentJwks } from '../../gateway/authentication/development-key.ts';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { PROMTOOL, promtool } from '../end-to-end/promtool.ts';
import { dockerfileStages } from './dockerfile.ts';
import { type Manifest, renderChart } from './render-chart.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const deploy = join(root, 'deploy');
const chart = join(deploy, 'helm/kvstore-gateway');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const HELM = ['/usr/bin/helm', '/usr/local/bin/helm'].find((path) => existsSync(path));
if (!HELM) console.warn('helm is missing: the chart is rendered by the tests alone');

describe('the alert rules', () => {
  it.skipIf(!PROMTOOL)('are right for promtool, and their own tests pass', () => {
    const rules = join(deploy, 'prometheus/alerts.yml');
    expect(promtool(['check', 'rules', rules])).toMatchObject({ code: 0 });
    expect(promtool(['check', 'config', join(deploy, 'prometheus/prometheus.yml')])).toMatchObject({ code: 0 });
    expect(promtool(['test', 'rules', join(deploy, 'prometheus/alerts.test.yml')])).toMatchObject({ code: 0 });
  });

  it('use only metrics that are documented, and each is documented itself', () => {
    const documentation = read('docs/operations.md');
    const rules = read('deploy/prometheus/alerts.yml');
    const metrics = [...rules.matchAll(/\bkvstore_gateway_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
    expect(new Set(metrics).size).toBeGreaterThan(8);
    for (const metric of metrics) expect(documentation).toContain(`\`${metric}\``);
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name as string);
    for (const alert of alerts) expect(documentation).toContain(`\`${alert}\``);
  });
});

describe('the image', () => {
  const { base, instructions } = dockerfileStages(read('deploy/Dockerfile')).at(-1) as ReturnType<
    typeof dockerfileStages
  >[number];
  const of = (keyword: string) => instructions.filter((one) => one.keyword === keyword).map((one) => one.rest);

  it('is of Node 24, runs as nobody, and says whether it is healthy', () => {
    expect(base).toMatch(/^node:24-/);
    expect(of('USER')).toEqual(['65534:65534']);
    expect(of('CMD')).toEqual(['["node", "gateway/main.ts"]']);
    expect(of('HEALTHCHECK').join()).toMatch(/\/health/);
    expect(of('ENV').join()).toMatch(/NODE_ENV=production/);
  });

  it('holds every room that the gateway imports, and no test', () => {
    const copied = of('COPY').map((rest) => rest.split(' ').at(-1));
    const rooms = [...read('.dependency-cruiser.cjs').matchAll(/^ {2}(\w+): \[(?:'|\])/gm)].map(([, room]) => room);
    expect(copied).toEqual(expect.arrayContaining([...rooms, 'node_modules', 'console/dist']));
    expect(copied).not.toContain('test');
    expect(copied).not.toContain('.');
  });

  it('is built without anything that the repository does not hold', () => {
    const ignored = read('deploy/Dockerfile.dockerignore').split('\n');
    for (const line of ignored.filter((one) => one.startsWith('!')))
      expect(existsSync(join(root, line.slice(1)))).toBe(true);
    expect(ignored[0]).toBe('*');
  });
});

describe('compose.yaml', () => {
  const compose = parse(read('deploy/compose.yaml')) as Manifest;

  it('has two replicas, a Redis that they share, and a Prometheus that finds both', () => {
    expect(Object.keys(compose.services)).toEqual(['gateway', 'redis', 'prometheus']);
    expect(compose.services.gateway).toMatchObject({
      deploy: { replicas: 2 },
      read_only: true,
      cap_drop: ['ALL'],
      environment: { REDIS_URL: 'redis://redis:6379/0' },
    });
    for (const { ports = [] } of Object.values<Manifest>(compose.services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    expect(read('deploy/prometheus/prometheus.yml')).toMatch(/names: \[gateway\]/);
  });

  it('names only variables that the gateway takes', () => {
    const environment = Object.keys(compose.services.gateway.environment);
    const documented = `${read('docs/operations.md')}${read('README.md')}${read('gateway/configuration/configuration.ts')}`;
    for (const name of environment) expect(documented).toContain(name);
    expect(() =>
      readConfiguration({
        NODE_ENV: 'production',
        UPSTREAM: 'sandbox',
        REDIS_URL: 'redis://redis:6379/0',
        AUTH_JWKS: '',
      }),
    ).not.toThrow();
  });
});

describe('the Helm chart', () => {
  const kinds = (changes?: Record<string, unknown>) =>
    Object.fromEntries(renderChart(chart, changes).map((manifest) => [manifest.kind, manifest]));

  it('has a deployment, a service, a budget for disruptions and an account of its own', () => {
    expect(Object.keys(kinds()).sort()).toEqual(['Deployment', 'PodDisruptionBudget', 'Service', 'ServiceAccount']);
  });

  it('runs as nobody, writes nothing, and is asked whether it lives and is ready', () => {
    const { Deployment } = kinds();
    const pod = Deployment?.spec.template.spec;
    const [container] = pod.containers;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65534 });
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.livenessProbe.httpGet.path).toBe('/health');
    expect(container.readinessProbe.httpGet.path).toBe('/ready');
    expect(container.startupProbe.httpGet.path).toBe('/health');
    expect(Deployment?.spec.replicas).toBe(2);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10 + container.lifecycle.preStop.sleep.seconds);
  });

  it('takes secrets from secrets, and everything that the gateway requires is set', () => {
    const { Deployment } = kinds();
    const variables: Manifest[] = Deployment?.spec.template.spec.containers[0].env;
    const plain = variables.filter(({ value }) => value !== undefined);
    const secret = variables.filter(({ valueFrom }) => valueFrom !== undefined);
    expect(secret.map(({ name }) => name)).toEqual(['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET']);
    for (const { valueFrom } of secret) expect(valueFrom.secretKeyRef).toMatchObject({ name: 'kvstore-gateway' });
    expect(plain.map(({ name }) => name)).not.toContain('ALIBABA_CLOUD_ACCESS_KEY_SECRET');
    const environment = {
      NODE_ENV: 'production',
      ...Object.fromEntries(plain.map(({ name, value }) => [name, value])),
      ...Object.fromEntries(secret.map(({ name }) => [name, 'a-value'])),
      // Files of the cluster.
      RAM_POLICIES: join(root, 'docs/policies/hide-download-links.json'),
    };
    expect(() => readConfiguration(environment)).not.toThrow();
    expect(developmentJwks().keys.length).toBe(1);
  });

  it('mounts further accounts when they are given', () => {
    const { Deployment } = kinds({ accounts: { secret: 'more-accounts', key: 'accounts.json' } });
    const pod = Deployment?.spec.template.spec;
    expect(pod.volumes).toContainEqual({ name: 'accounts', secret: { secretName: 'more-accounts' } });
    expect(pod.containers[0].env).toContainEqual({
      name: 'ACCOUNTS',
      value: '/etc/kvstore-gateway/accounts/accounts.json',
    });
  });

  it('selects in service and budget the pods that it makes', () => {
    const { Deployment, Service, PodDisruptionBudget } = kinds();
    const labels = Deployment?.spec.template.metadata.labels;
    expect(labels).toMatchObject(Service?.spec.selector);
    expect(labels).toMatchObject(PodDisruptionBudget?.spec.selector.matchLabels);
    expect(labels).toMatchObject(Deployment?.spec.selector.matchLabels);
  });

  it.skipIf(!HELM)('satisfies helm', () => {
    expect(spawnSync(HELM ?? '', ['lint', chart], { encoding: 'utf8' })).toMatchObject({ status: 0 });
    expect(spawnSync(HELM ?? '', ['template', 'backups', chart], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  });
});
