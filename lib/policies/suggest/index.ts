export { suggestPolicy, type Suggestion, type ToolSuggestion } from './suggest-policy';
export { suggestedBundle } from './suggest-bundle';
export { toolListSchema, type DescribedTool } from './schema';
export { standardLeeway, type Leeway } from './weigh-tool';
