import { problem } from '@/app/api/_problem';
import { notFound } from '@/lib/errors';

const nothing = () => problem(notFound('There is nothing at this address. GET /api/v1/openapi.json lists what there is.'));

export { nothing as GET, nothing as POST, nothing as PUT, nothing as PATCH, nothing as DELETE };
