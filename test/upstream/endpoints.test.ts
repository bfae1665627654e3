import { describe, expect, it } from 'vitest';
import { createEndpoints, isKnownRegion, REGION_HOSTS } from '../../upstream/endpoints.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';

describe('the endpoint of a region', () => {
  it('is the central host or one of its own, over TLS', () => {
    const endpoints = createEndpoints();
    expect(endpoints('r-kvstore', 'cn-hangzhou')).toEqual({ origin: 'https://r-kvstore.aliyuncs.com', path: '/' });
    expect(endpoints('r-kvstore', 'cn-zhangjiakou').origin).toBe('https://r-kvstore.cn-zhangjiakou.aliyuncs.com');
    expect(endpoints('sts', 'cn-zhangjiakou').origin).toBe('https://sts.aliyuncs.com');
  });

  it('is that of the VPC where the gateway is inside', () => {
    const endpoints = createEndpoints({ network: 'vpc' });
    expect(endpoints('r-kvstore', 'cn-hangzhou').origin).toBe('https://r-kvstore-vpc.cn-hangzhou.aliyuncs.com');
    expect(endpoints('sts', 'cn-hangzhou').origin).toBe('https://sts-vpc.cn-hangzhou.aliyuncs.com');
  });

  it('is the one base URL where the operator gives one', () => {
    const endpoints = createEndpoints({ override: 'http://127.0.0.1:4100' });
    expect(endpoints('r-kvstore', 'cn-hangzhou')).toEqual({ origin: 'http://127.0.0.1:4100', path: '/' });
    expect(endpoints('sts', 'us-east-1')).toEqual({ origin: 'http://127.0.0.1:4100', path: '/' });
    expect(createEndpoints({ override: 'https://proxy.example:443/kv/' })('r-kvstore', 'cn-hangzhou')).toEqual({
      origin: 'https://proxy.example',
      path: '/kv/',
    });
  });

  it('is of Alibaba Cloud for every region of the table', () => {
    expect(Object.keys(REGION_HOSTS)).toHaveLength(69);
    for (const [regionId, host] of Object.entries(REGION_HOSTS)) {
      expect([`r-kvstore.${regionId}.aliyuncs.com`, 'r-kvstore.aliyuncs.com']).toContain(host);
    }
  });

  it('is refused for anything else, with or without a base URL', () => {
    const foreign = [
      '',
      'xx-new-1',
      'CN-HANGZHOU',
      'cn-hangzhou ',
      'cn-hangzhou.evil.example',
      'evil.example#',
      'cn-hangzhou.aliyuncs.com@evil.example',
      '169.254.169.254',
      'cn‐hangzhou',
      '__proto__',
      'constructor',
      'toString',
    ];
    for (const endpoints of [createEndpoints(), createEndpoints({ override: 'http://127.0.0.1:1' })]) {
      for (const regionId of foreign) {
        expect(isKnownRegion(regionId), regionId).toBe(false);
        expect(() => endpoints('r-kvstore', regionId), regionId).toThrow(UpstreamError);
        expect(() => endpoints('sts', regionId), regionId).toThrow('The region is not known.');
      }
    }
  });

  it('cannot be a base URL that carries credentials, a query or another scheme', () => {
    for (const override of ['x', 'ftp://a', 'http://u:p@a', 'http://a/?b', 'http://a/#b', 'file:///etc/passwd']) {
      expect(() => createEndpoints({ override }), override).toThrow(TypeError);
    }
  });
});
