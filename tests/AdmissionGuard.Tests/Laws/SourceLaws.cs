using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AdmissionGuard.Tests.Laws;

/// <summary>How the source is written, as far as a reader of it would notice: read with the compiler's own parser.</summary>
public sealed class SourceLaws
{
    private const int MostColumns = 150;
    private const int MostParameters = 5;
    private const int MostLinesOfRule = 150;
    private const int MostLines = 250;

    private static readonly Lazy<IReadOnlyList<SourceFile>> Files = new(() => [.. SourceFile.All(Repository.Root)]);

    [Fact]
    public void A_line_has_at_most_150_columns() => Assert.Empty(Files.Value.SelectMany(f => Numbered(f, f.Lines, l => l.Length > MostColumns)));

    /// <summary>One in a hole of an interpolated string, in a lambda or in parentheses is nested all the same.</summary>
    [Fact]
    public void A_conditional_holds_no_other() => Assert.Empty(Files.Value.SelectMany(NestedConditionals));

    [Fact]
    public void A_constructor_has_at_most_five_parameters() => Assert.Empty(Files.Value.SelectMany(LongConstructors));

    [Fact]
    public void A_rule_has_at_most_150_lines_and_another_file_250() => Assert.Empty(Files.Value.SelectMany(Lengths));

    [Theory]
    [InlineData("class A { int B(bool c) => c ? 1 : 2; }", 0)]
    [InlineData("class A { int B(bool c) => c ? 1 : c ? 2 : 3; }", 1)]
    [InlineData("class A { string B(bool c) => c ? $\"{(c ? 1 : 2)}\" : \"\"; }", 1)]
    [InlineData("class A { string B(bool c) => \"c ? 1 : c ? 2 : 3\"; /* c ? 1 : c ? 2 : 3 */ }", 0)]
    [InlineData("class A { System.Func<int> B(bool c) => c ? () => c ? 1 : 2 : () => 3; }", 1)]
    public void What_is_nested_is_found(string text, int count) => Assert.Equal(count, NestedConditionals(SourceFile.Of("a.cs", text)).Count());

    [Theory]
    [InlineData("class A { A(int a, int b, int c, int d, int e) { } }", 0)]
    [InlineData("class A { A(int a, int b, int c, int d, int e, int f) { } }", 1)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f);", 1)]
    [InlineData("record A(int B, int C, int D, int E, int F, int G);", 0)]
    [InlineData("class A { void B(int a, int b, int c, int d, int e, int f) { } }", 0)]
    public void A_long_constructor_is_found(string text, int count) => Assert.Equal(count, LongConstructors(SourceFile.Of("a.cs", text)).Count());

    private static IEnumerable<string> Lengths(SourceFile file)
    {
        var most = file.IsRule ? MostLinesOfRule : MostLines;
        return file.Lines.Count > most ? [$"{file.Path}: {file.Lines.Count} lines"] : [];
    }

    private static IEnumerable<string> NestedConditionals(SourceFile file) =>
        file
            .Root.DescendantNodes()
            .OfType<ConditionalExpressionSyntax>()
            .Where(c => c.Ancestors().OfType<ConditionalExpressionSyntax>().Any())
            .Select(c => file.At(c));

    /// <summary>Of a record they are its data, named where it is made.</summary>
    private static IEnumerable<string> LongConstructors(SourceFile file) =>
        file
            .Root.DescendantNodes()
            .OfType<ParameterListSyntax>()
            .Where(p =>
                p.Parameters.Count > MostParameters && p.Parent is ConstructorDeclarationSyntax or ClassDeclarationSyntax or StructDeclarationSyntax
            )
            .Select(p => file.At(p));

    private static IEnumerable<string> Numbered(SourceFile file, IReadOnlyList<string> lines, Func<string, bool> wrong) =>
        lines.Select((l, i) => (Line: l, Number: i + 1)).Where(l => wrong(l.Line)).Select(l => $"{file.Path}:{l.Number}");

    /// <param name="Path">From the root, with slashes.</param>
    private sealed record SourceFile(string Path, IReadOnlyList<string> Lines, CompilationUnitSyntax Root)
    {
        public string Name => System.IO.Path.GetFileName(Path);

        public bool IsRule => Path.StartsWith("src/AdmissionGuard.Core/Rules/", StringComparison.Ordinal);

        public static IEnumerable<SourceFile> All(string root) =>
            from folder in (string[])["src", "tests"]
            from file in Directory.EnumerateFiles(System.IO.Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
            let path = System.IO.Path.GetRelativePath(root, file).Replace('\\', '/')
            where !path.Split('/').Any(p => p is "bin" or "obj")
            orderby path
            select Of(path, File.ReadAllText(file));

        public static SourceFile Of(string path, string text) =>
            new(path, text.TrimEnd('\n').Split('\n'), CSharpSyntaxTree.ParseText(text, path: path).GetCompilationUnitRoot());

        public string At(Microsoft.CodeAnalysis.SyntaxNode node) => $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
    }
}
