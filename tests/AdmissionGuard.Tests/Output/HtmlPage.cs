using System.Xml.Linq;

namespace AdmissionGuard.Tests.Output;

/// <summary>A page as a browser has it: it must be XML, which a page is only where everything in it is escaped.</summary>
internal sealed class HtmlPage(string html)
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    private readonly XElement root = XDocument.Parse(html, LoadOptions.PreserveWhitespace).Root!;

    public string Source => html;

    public XElement Root => root;

    public IEnumerable<XElement> All(string name) => root.Descendants(Html + name);

    public IEnumerable<XElement> OfClass(string name) => root.Descendants().Where(e => e.Attribute("class")?.Value.Split(' ').Contains(name) == true);

    public XElement Id(string id) => root.Descendants().Single(e => e.Attribute("id")?.Value == id);

    public bool Has(string id) => root.Descendants().Any(e => e.Attribute("id")?.Value == id);

    public string Total(string name) => All("dt").Single(d => d.Value == name).Parent!.Elements().Last().Value;
}
