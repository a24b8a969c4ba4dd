import { z } from 'zod';
import { problemAnswer } from './_answers';
import { operations, type Operation } from './_operations';

let made: object | undefined;

/** The OpenAPI 3.1 document of /api/v1, made from the schemas that the routes themselves read by. */
export function openApi(): object {
  return (made ??= {
    openapi: '3.1.0',
    info: { title: 'Countersign', version: '1', description: 'For people’s scripts and service accounts. Errors are problem documents (RFC 9457); lists are paged by "after", with Link: rel="next".', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths: paths(),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of a person or of a service account: csk_user_…' } },
      schemas: { Problem: schemaOf(problemAnswer, 'output') },
    },
  });
}

function paths(): Record<string, Record<string, object>> {
  const all: Record<string, Record<string, object>> = {};
  for (const operation of operations) (all[operation.path] ??= {})[operation.method] = describe(operation);
  return all;
}

function describe({ id, says, verb, path, query, body, status, answer }: Operation): object {
  const inPath = path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }] : [];
  return {
    operationId: id, summary: says, ...(verb === null ? { security: [] } : { 'x-permission': verb }),
    parameters: [...inPath, ...(query ? parametersOf(query) : [])],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } } : {}),
    responses: {
      [status]: { description: 'As asked', content: { 'application/json': { schema: schemaOf(answer, 'output') } } },
      default: { description: 'A problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  };
}

function parametersOf(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
}
