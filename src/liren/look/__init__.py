"""What the faces share: the design system, charts, who reads, refusals as pages, words for fields and acts."""
