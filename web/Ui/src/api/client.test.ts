import { describe, expect, it } from 'vitest';
import { ApiError, encodeParameters, readEnvelope } from './client';

const failure = (status: number, body: string): ApiError => {
  try {
    readEnvelope(status, body);
  } catch (error) {
    return error as ApiError;
  }
  throw new Error('did not fail');
};

describe('readEnvelope', () => {
  it('gives data with warnings and infos', () =>
    expect(readEnvelope(200, '{"status":"success","data":[1],"infos":["i"]}')).toEqual({ data: [1], warnings: [], infos: ['i'] }));

  it('keeps the type and words of a refusal', () => {
    const error = failure(400, '{"status":"error","errorType":"bad_data","error":"1:1: parse error: x"}');
    expect([error.type, error.message]).toEqual(['bad_data', '1:1: parse error: x']);
  });

  it.each([
    [503, 'Service Unavailable', /not ready/],
    [404, '404 page not found', /does not offer/],
    [502, '<html>proxy</html>', /status 502\.$/],
    [500, 'disk is full', /status 500: disk is full/],
    [200, 'null', /status 200/],
  ])('status %d with %s', (status, body, words) => expect(failure(status, body).message).toMatch(words));
});

it('encodeParameters repeats lists and leaves out what is not given', () =>
  expect(encodeParameters({ 'match[]': ['a', 'b{c="d"}'], limit: undefined, time: '1' }).toString()).toBe(
    'match%5B%5D=a&match%5B%5D=b%7Bc%3D%22d%22%7D&time=1',
  ));
