/** countersign mcp-proxy: real MCP servers behind the gate. It holds them and their credentials; agents hold neither. */
export { runMcpProxy, type ProxyIo } from './main';
