declare function junitTitle(test: { readonly classname: string; readonly title: string }): string;
export = junitTitle;
