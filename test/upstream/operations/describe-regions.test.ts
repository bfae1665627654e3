import { describe, expect, it } from 'vitest';
import { describeRegions } from '../../../upstream/operations/describe-regions.ts';
import { getCallerIdentity } from '../../../upstream/operations/get-caller-identity.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';

const query = { accountId: '1' };

describe('DescribeRegions', () => {
  it('asks for English names', () => {
    expect(describeRegions.parameters(query)).toEqual({ AcceptLanguage: 'en-US' });
  });

  it('trims names, and has each region once', () => {
    const KVStoreRegion = [
      { RegionId: 'cn-hangzhou', LocalName: 'China (Hangzhou)\n', RegionEndpoint: 'r-kvstore.aliyuncs.com' },
      { RegionId: 'cn-hangzhou', LocalName: 'again' },
      { RegionId: 'us-east-1', LocalName: ' ' },
    ];
    expect(describeRegions.parse({ RegionIds: { KVStoreRegion } }, query)).toEqual([
      { regionId: 'cn-hangzhou', name: 'China (Hangzhou)', endpoint: 'r-kvstore.aliyuncs.com' },
      { regionId: 'us-east-1', name: null, endpoint: null },
    ]);
  });

  it('is empty where nothing is listed', () => {
    for (const body of [{ RequestId: 'R' }, { RegionIds: {} }, { RegionIds: { KVStoreRegion: [] } }]) {
      expect(describeRegions.parse(body, query)).toEqual([]);
    }
  });

  it('is an error where a region has no id, or the answer is one', () => {
    for (const body of [{ RegionIds: { KVStoreRegion: [{}] } }, { Code: 'InternalError' }, [], { RegionIds: [] }]) {
      expect(() => describeRegions.parse(body, query)).toThrow(UpstreamError);
    }
  });
});

describe('GetCallerIdentity', () => {
  it('is a call of STS that gives the id of the account as text', () => {
    expect(getCallerIdentity).toMatchObject({ product: 'sts', action: 'GetCallerIdentity' });
    expect(getCallerIdentity.parse({ AccountId: '1234567890123456' })).toBe('1234567890123456');
    expect(getCallerIdentity.parse({ AccountId: 1234567890123456 })).toBe('1234567890123456');
  });

  it('is an error without an account', () => {
    for (const body of [{}, { AccountId: '' }, { AccountId: 'x' }, null]) {
      expect(() => getCallerIdentity.parse(body)).toThrow(UpstreamError);
    }
  });
});
