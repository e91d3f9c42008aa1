using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>Filters the findings and does nothing else. It has no &lt; and no &amp;, so that it is the same text to HTML and to XML.</summary>
internal static class PageScript
{
    public static string Text { get; } =
        JoinedLines.Of(
            """

            'use strict';
            (() => {
              const controls = document.getElementById('filter');
              if (!controls) return;
              const [text, action, fresh, count] = ['filter-text', 'filter-action', 'filter-new', 'filter-count']\
            .map(id => document.getElementById(id));
              const cards = Array.from(document.querySelectorAll('article.card'), card => ({ card, words: card.textContent.toLowerCase() }));
              const show = () => {
                const wanted = text.value.toLowerCase().split(/\s+/);
                let shown = 0;
                for (const { card, words } of cards) {
                  const fits = [wanted.every(w => words.includes(w)), \
            ['', card.dataset.action].includes(action.value), !fresh || !fresh.checked || card.dataset.new === 'new'].every(Boolean);
                  card.hidden = !fits;
                  shown += fits ? 1 : 0;
                }
                count.textContent = shown === cards.length ? '' : `${shown} of ${cards.length} shown`;
              };
              for (const control of [text, action, fresh].filter(Boolean)) control.addEventListener('input', show);
              controls.hidden = false;
              show();
            })();

            """
        );
}
